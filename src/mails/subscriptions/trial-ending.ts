import type { MailDefinition } from '../mail-definition';
import { loadSubscriptionMail, type SubscriptionMailFacts } from './load-subscription-mail';

export const trialEnding: MailDefinition<SubscriptionMailFacts> = {
  load: loadSubscriptionMail,
  en: ({ name, partnerName, planName, amount, until }, { time, money }) => ({
    subject: `Your trial with ${partnerName} ends soon`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `Your trial of ${planName} ends ${until ? `on ${time(until)}` : 'soon'}.`,
      `Then ${money(amount)} will be charged. If you do not want to go on, cancel before.`,
    ],
  }),
  de: ({ name, partnerName, planName, amount, until }, { time, money }) => ({
    subject: `Ihre Probezeit bei ${partnerName} endet bald`,
    greeting: `Guten Tag ${name},`,
    paragraphs: [
      `Ihre Probezeit für ${planName} endet ${until ? `am ${time(until)}` : 'bald'}.`,
      `Dann werden ${money(amount)} abgebucht. Wenn Sie nicht weitermachen möchten, kündigen Sie vorher.`,
    ],
  }),
};
