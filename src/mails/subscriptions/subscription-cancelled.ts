import type { MailDefinition } from '../mail-definition';
import { loadSubscriptionMail, type SubscriptionMailFacts } from './load-subscription-mail';

export const subscriptionCancelled: MailDefinition<SubscriptionMailFacts> = {
  load: loadSubscriptionMail,
  en: ({ name, partnerName, planName, amount, owed }, { money }) => ({
    subject: `Your subscription with ${partnerName} has ended`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `The subscription ${planName} with ${partnerName} has ended; nothing more will be charged.`,
      ...(amount.amountMinor === 0 ? [] : [`${money(amount)}, which you paid and did not use, is being refunded.`]),
      ...(owed === null
        ? []
        : [`${money(owed)} is owed to you but cannot be refunded automatically; ${partnerName} has been notified.`]),
    ],
  }),
  de: ({ name, partnerName, planName, amount, owed }, { money }) => ({
    subject: `Ihr Abonnement bei ${partnerName} ist beendet`,
    greeting: `Guten Tag ${name},`,
    paragraphs: [
      `Das Abonnement ${planName} bei ${partnerName} ist beendet; es wird nichts mehr abgebucht.`,
      ...(amount.amountMinor === 0
        ? []
        : [`${money(amount)}, die Sie bezahlt und nicht genutzt haben, werden gerade erstattet.`]),
      ...(owed === null
        ? []
        : [
            `${money(owed)} stehen Ihnen zu, können aber nicht automatisch erstattet werden; ` +
              `${partnerName} wurde benachrichtigt.`,
          ]),
    ],
  }),
};
