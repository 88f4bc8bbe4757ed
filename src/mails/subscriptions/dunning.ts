import type { MailDefinition } from '../mail-definition';
import { loadSubscriptionMail, type SubscriptionMailFacts } from './load-subscription-mail';

/** Sent after each failed attempt that is followed by another. */
export const renewalFailed: MailDefinition<SubscriptionMailFacts> = {
  load: loadSubscriptionMail,
  en: ({ name, partnerName, planName, amount, until }, { time, money }) => ({
    subject: `Your payment to ${partnerName} failed`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `We could not charge ${money(amount)} for ${planName}.`,
      until
        ? `We will try again on ${time(until)}. With another payment method it is charged at once.`
        : 'Please use another payment method: it is charged at once.',
    ],
  }),
  de: ({ name, partnerName, planName, amount, until }, { time, money }) => ({
    subject: `Ihre Zahlung an ${partnerName} ist fehlgeschlagen`,
    greeting: `Guten Tag ${name},`,
    paragraphs: [
      `Wir konnten ${money(amount)} für ${planName} nicht abbuchen.`,
      until
        ? `Wir versuchen es am ${time(until)} noch einmal. Mit einem anderen Zahlungsmittel wird sofort abgebucht.`
        : 'Bitte hinterlegen Sie ein anderes Zahlungsmittel: Damit wird sofort abgebucht.',
    ],
  }),
};

/** Sent after the last attempt. */
export const subscriptionUnpaid: MailDefinition<SubscriptionMailFacts> = {
  load: loadSubscriptionMail,
  en: ({ name, partnerName, planName, amount, until }, { time, money }) => ({
    subject: `Your subscription with ${partnerName} is on hold`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `${money(amount)} for ${planName} is still not paid, and we will not try again by ourselves. ` +
        'The service is on hold.',
      'With another payment method it goes on at once.' +
        (until ? ` Otherwise the subscription ends on ${time(until)}.` : ''),
    ],
  }),
  de: ({ name, partnerName, planName, amount, until }, { time, money }) => ({
    subject: `Ihr Abonnement bei ${partnerName} ruht`,
    greeting: `Guten Tag ${name},`,
    paragraphs: [
      `${money(amount)} für ${planName} ist noch offen, und wir versuchen nicht weiter, ihn abzubuchen. ` +
        'Die Leistung ruht.',
      'Mit einem anderen Zahlungsmittel geht es sofort weiter.' +
        (until ? ` Andernfalls endet das Abonnement am ${time(until)}.` : ''),
    ],
  }),
};
