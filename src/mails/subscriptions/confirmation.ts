import type { LoadedMail, LoadMailInput, MailDefinition } from '../mail-definition';
import { loadSubscriptionMail, type SubscriptionMailFacts } from './load-subscription-mail';

/** The facts of a mail that sends the customer to the bank's page. */
interface ConfirmationFacts extends SubscriptionMailFacts {
  link: string;
}

const withLink = async (
  input: LoadMailInput,
  link: string | null | undefined,
): Promise<LoadedMail<ConfirmationFacts> | null> => {
  const loaded = link ? await loadSubscriptionMail(input) : null;
  return loaded && link ? { ...loaded, facts: { ...loaded.facts, link } } : null;
};

/** Sent when the bank requires the customer to confirm a charge that was made without the customer. */
export const paymentConfirmation: MailDefinition<ConfirmationFacts> = {
  /** The mail is no longer wanted once the payment no longer waits for the customer. */
  async load(input) {
    const { models, tenantId, mail } = input;
    const waiting = { _id: String(mail.data.paymentId), tenantId, state: 'requires_action' } as const;
    const payment = await models.payments.findOne(waiting, { actionUrl: 1 }).lean();
    return withLink(input, payment?.actionUrl);
  },
  en: ({ name, partnerName, planName, amount, until, link }, { time, money }) => ({
    subject: `Please confirm your payment to ${partnerName}`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `Your bank asks you to confirm the payment of ${money(amount)} for ${planName}.`,
      `Please confirm it${until ? ` by ${time(until)}` : ''}; without your confirmation the payment fails.`,
    ],
    button: { label: 'Confirm the payment', url: link },
  }),
  de: ({ name, partnerName, planName, amount, until, link }, { time, money }) => ({
    subject: `Bitte bestätigen Sie Ihre Zahlung an ${partnerName}`,
    greeting: `Guten Tag ${name},`,
    paragraphs: [
      `Ihre Bank bittet Sie, die Zahlung von ${money(amount)} für ${planName} zu bestätigen.`,
      `Bitte bestätigen Sie sie${until ? ` bis ${time(until)}` : ''}; ohne Ihre Bestätigung schlägt die Zahlung fehl.`,
    ],
    button: { label: 'Zahlung bestätigen', url: link },
  }),
};

/** Sent when the bank requires the customer to confirm that a payment method may be charged later. */
export const paymentMethodConfirmation: MailDefinition<ConfirmationFacts> = {
  /** The mail is no longer wanted once another payment method was given. */
  async load(input) {
    const { models, tenantId, entityId } = input;
    const subscription = await models.subscriptions.findOne({ _id: entityId, tenantId }, { methodSetup: 1 }).lean();
    return withLink(input, subscription?.methodSetup?.url);
  },
  en: ({ name, partnerName, planName, link }) => ({
    subject: `Please confirm your payment method for ${partnerName}`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `Your bank asks you to confirm that ${planName} may be charged to your payment method.`,
      'Nothing is charged by the confirmation itself.',
    ],
    button: { label: 'Confirm the payment method', url: link },
  }),
  de: ({ name, partnerName, planName, link }) => ({
    subject: `Bitte bestätigen Sie Ihr Zahlungsmittel für ${partnerName}`,
    greeting: `Guten Tag ${name},`,
    paragraphs: [
      `Ihre Bank bittet Sie, zu bestätigen, dass ${planName} von Ihrem Zahlungsmittel abgebucht werden darf.`,
      'Durch die Bestätigung selbst wird nichts abgebucht.',
    ],
    button: { label: 'Zahlungsmittel bestätigen', url: link },
  }),
};

/** Sent when the bank refuses, before the first charge, that a payment method is charged. */
export const paymentMethodRejected: MailDefinition<SubscriptionMailFacts> = {
  load: loadSubscriptionMail,
  en: ({ name, partnerName, planName, until }, { time }) => ({
    subject: `Your payment method for ${partnerName} cannot be used`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `Your bank has rejected the payment method for ${planName}.`,
      `Please use another payment method${until ? ` before the first charge on ${time(until)}` : ''}.`,
    ],
  }),
  de: ({ name, partnerName, planName, until }, { time }) => ({
    subject: `Ihr Zahlungsmittel für ${partnerName} kann nicht verwendet werden`,
    greeting: `Guten Tag ${name},`,
    paragraphs: [
      `Ihre Bank hat das Zahlungsmittel für ${planName} abgelehnt.`,
      `Bitte hinterlegen Sie ein anderes${until ? `, bevor am ${time(until)} erstmals abgebucht wird` : ''}.`,
    ],
  }),
};
