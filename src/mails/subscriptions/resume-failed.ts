import type { MailDefinition } from '../mail-definition';
import { loadSubscriptionMail, type SubscriptionMailFacts } from './load-subscription-mail';

/** Sent when the charge of a resumption failed. */
export const resumeFailed: MailDefinition<SubscriptionMailFacts> = {
  load: loadSubscriptionMail,
  en: ({ name, partnerName, planName, amount }, { money }) => ({
    subject: `Your subscription with ${partnerName} stays paused`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `Your subscription ${planName} was not resumed, because we could not charge ${money(amount)}.`,
      'It stays paused, and nothing is owed. To resume it, please use another payment method.',
    ],
  }),
  de: ({ name, partnerName, planName, amount }, { money }) => ({
    subject: `Ihr Abonnement bei ${partnerName} bleibt pausiert`,
    greeting: `Guten Tag ${name},`,
    paragraphs: [
      `Ihr Abonnement ${planName} wurde nicht fortgesetzt, weil wir ${money(amount)} nicht abbuchen konnten.`,
      'Es bleibt pausiert, und es ist nichts offen. Zum Fortsetzen hinterlegen Sie bitte ein anderes Zahlungsmittel.',
    ],
  }),
};
