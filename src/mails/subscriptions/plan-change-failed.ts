import type { MailDefinition } from '../mail-definition';
import { loadSubscriptionMail, type SubscriptionMailFacts } from './load-subscription-mail';

/** Sent when an ordered change was not paid. The plan in the facts is the one that was ordered. */
export const planChangeFailed: MailDefinition<SubscriptionMailFacts> = {
  load: loadSubscriptionMail,
  en: ({ name, partnerName, planName, amount }, { money }) => ({
    subject: `Your change of plan with ${partnerName} was not made`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `The change to ${planName} was not made, because ${money(amount)} for it was not paid.`,
      'Nothing else has changed: your subscription goes on as before.',
    ],
  }),
  de: ({ name, partnerName, planName, amount }, { money }) => ({
    subject: `Ihr Tarifwechsel bei ${partnerName} wurde nicht vorgenommen`,
    greeting: `Guten Tag ${name},`,
    paragraphs: [
      `Der Wechsel zu ${planName} wurde nicht vorgenommen, weil ${money(amount)} dafür nicht bezahlt wurden.`,
      'Sonst hat sich nichts geändert: Ihr Abonnement läuft weiter wie bisher.',
    ],
  }),
};
