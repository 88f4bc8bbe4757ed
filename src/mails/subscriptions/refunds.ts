import type { MailDefinition } from '../mail-definition';
import { loadSubscriptionMail, type SubscriptionMailFacts } from './load-subscription-mail';

/** Sent when a refund that the subscription ordered was made. */
export const subscriptionRefunded: MailDefinition<SubscriptionMailFacts> = {
  load: loadSubscriptionMail,
  en: ({ name, partnerName, planName, amount }, { money }) => ({
    subject: `${partnerName} has refunded ${money(amount)}`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `${money(amount)} for the subscription ${planName} was refunded.`,
      'Your bank may take a few days to show the amount.',
    ],
  }),
  de: ({ name, partnerName, planName, amount }, { money }) => ({
    subject: `${partnerName} hat ${money(amount)} erstattet`,
    greeting: `Guten Tag ${name},`,
    paragraphs: [
      `${money(amount)} für das Abonnement ${planName} wurden erstattet.`,
      'Bis Ihre Bank den Betrag anzeigt, können einige Tage vergehen.',
    ],
  }),
};

/** Sent when a refund that the subscription ordered has failed: the amount stays owed. */
export const refundFailed: MailDefinition<SubscriptionMailFacts> = {
  load: loadSubscriptionMail,
  en: ({ name, partnerName, planName, amount }, { money }) => ({
    subject: `A refund from ${partnerName} failed`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `The refund of ${money(amount)} for the subscription ${planName} failed.`,
      `The amount is still owed to you; ${partnerName} has been notified.`,
    ],
  }),
  de: ({ name, partnerName, planName, amount }, { money }) => ({
    subject: `Eine Erstattung von ${partnerName} ist fehlgeschlagen`,
    greeting: `Guten Tag ${name},`,
    paragraphs: [
      `Die Erstattung von ${money(amount)} für das Abonnement ${planName} ist fehlgeschlagen.`,
      `Der Betrag steht Ihnen weiterhin zu; ${partnerName} wurde benachrichtigt.`,
    ],
  }),
};
