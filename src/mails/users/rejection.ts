import type { MailDefinition } from '../mail-definition';
import { loadOnboardingMail, type OnboardingMailFacts } from './load-onboarding-mail';

interface RejectionFacts extends OnboardingMailFacts {
  /** The reason of the rejection, in the reviewer's words. */
  reason: string | null;
}

export const rejection: MailDefinition<RejectionFacts> = {
  load: (input) => loadOnboardingMail(input, ({ undoing }) => ({ reason: undoing?.reason ?? null })),
  en: ({ name, partnerName, reason }) => ({
    subject: `Your account with ${partnerName} was not approved`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `${partnerName} has decided not to approve your account.`,
      ...(reason ? [`The reason given: ${reason}`] : []),
      `If you have questions, please turn to ${partnerName}.`,
    ],
  }),
  de: ({ name, partnerName, reason }) => ({
    subject: `Ihr Konto bei ${partnerName} wurde nicht freigegeben`,
    greeting: `Guten Tag ${name},`,
    paragraphs: [
      `${partnerName} hat entschieden, Ihr Konto nicht freizugeben.`,
      ...(reason ? [`Als Grund wurde genannt: ${reason}`] : []),
      `Bei Fragen wenden Sie sich bitte an ${partnerName}.`,
    ],
  }),
};
