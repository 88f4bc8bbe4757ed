import type { MailDefinition } from '../mail-definition';
import { loadSubscriptionMail, type SubscriptionMailFacts } from './load-subscription-mail';

export const subscriptionCancelled: MailDefinition<SubscriptionMailFacts> = {
  load: loadSubscriptionMail,
  en: ({ name, partnerName, planName, amount }, { money }) => ({
    subject: `Your subscription with ${partnerName} has ended`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `The subscription ${planName} with ${partnerName} has ended; nothing more will be charged.`,
      ...(amount.amountMinor === 0
        ? []
        : [`For the time that was paid and not used, ${money(amount)} will be given back.`]),
    ],
  }),
  de: ({ name, partnerName, planName, amount }, { money }) => ({
    subject: `Ihr Abonnement bei ${partnerName} ist beendet`,
    greeting: `Guten Tag ${name},`,
    paragraphs: [
      `Das Abonnement ${planName} bei ${partnerName} ist beendet; es wird nichts mehr abgebucht.`,
      ...(amount.amountMinor === 0
        ? []
        : [`Für die bezahlte und nicht genutzte Zeit werden ${money(amount)} erstattet.`]),
    ],
  }),
};
