import type { MailDefinition } from '../mail-definition';
import { loadSubscriptionMail, type SubscriptionMailFacts } from './load-subscription-mail';

/** Sent after each failed attempt of a first charge; `until` is the deadline. */
export const firstChargeFailed: MailDefinition<SubscriptionMailFacts> = {
  load: loadSubscriptionMail,
  en: ({ name, partnerName, planName, amount, until }, { time, money }) => ({
    subject: `Your payment to ${partnerName} failed`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `We could not charge ${money(amount)} for ${planName}, so the subscription has not begun.`,
      'Please use another payment method: it is charged at once.' +
        (until ? ` Without a payment the subscription expires on ${time(until)}.` : ''),
    ],
  }),
  de: ({ name, partnerName, planName, amount, until }, { time, money }) => ({
    subject: `Ihre Zahlung an ${partnerName} ist fehlgeschlagen`,
    greeting: `Guten Tag ${name},`,
    paragraphs: [
      `Wir konnten ${money(amount)} für ${planName} nicht abbuchen; das Abonnement hat daher nicht begonnen.`,
      'Bitte hinterlegen Sie ein anderes Zahlungsmittel: Damit wird sofort abgebucht.' +
        (until ? ` Ohne Zahlung verfällt das Abonnement am ${time(until)}.` : ''),
    ],
  }),
};

/** Sent when the deadline has passed; the amount is the refund. */
export const subscriptionExpired: MailDefinition<SubscriptionMailFacts> = {
  load: loadSubscriptionMail,
  en: ({ name, partnerName, planName, amount }, { money }) => ({
    subject: `Your subscription with ${partnerName} has expired`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `The first payment for ${planName} was not made in time: the subscription has expired and never began.`,
      amount.amountMinor === 0
        ? 'Nothing has been charged.'
        : `A payment arrived too late; ${money(amount)} is being given back.`,
    ],
  }),
  de: ({ name, partnerName, planName, amount }, { money }) => ({
    subject: `Ihr Abonnement bei ${partnerName} ist verfallen`,
    greeting: `Guten Tag ${name},`,
    paragraphs: [
      `Die erste Zahlung für ${planName} ging nicht rechtzeitig ein: Das Abonnement ist verfallen und hat nie begonnen.`,
      amount.amountMinor === 0
        ? 'Es wurde nichts abgebucht.'
        : `Eine Zahlung kam zu spät; ${money(amount)} werden gerade erstattet.`,
    ],
  }),
};
