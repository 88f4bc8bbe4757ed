import type { LoadMailInput, MailDefinition } from '../mail-definition';
import { loadOnboardingMail, type OnboardingMailFacts } from './load-onboarding-mail';

interface ApprovalFacts extends OnboardingMailFacts {
  onboardingId: string;
  /** The onboarding expires at this instant without a decision. */
  until: Date | null;
}

const load = (input: LoadMailInput) =>
  loadOnboardingMail(input, ({ _id: onboardingId, until }) => ({ onboardingId, until }));

/**
 * Sent to reviewers and the operator. They decide through the API, so the mail names the onboarding and has no button.
 */
export const approvalRequest: MailDefinition<ApprovalFacts> = {
  load,
  en: ({ name, partnerName, onboardingId, until }, { time }) => ({
    subject: `${partnerName}: an onboarding needs your decision`,
    greeting: 'Hello,',
    paragraphs: [
      `The onboarding of ${name} waits for a reviewer to approve or reject it.`,
      `Onboarding: ${onboardingId}`,
      ...(until ? [`It expires without a decision on ${time(until)}.`] : []),
    ],
  }),
  de: ({ name, partnerName, onboardingId, until }, { time }) => ({
    subject: `${partnerName}: Ein Onboarding braucht Ihre Entscheidung`,
    greeting: 'Guten Tag,',
    paragraphs: [
      `Das Onboarding von ${name} wartet darauf, angenommen oder abgelehnt zu werden.`,
      `Onboarding: ${onboardingId}`,
      ...(until ? [`Ohne Entscheidung verfällt es am ${time(until)}.`] : []),
    ],
  }),
};

export const approvalEscalation: MailDefinition<ApprovalFacts> = {
  load,
  en: ({ name, partnerName, onboardingId, until }, { time }) => ({
    subject: `${partnerName}: an onboarding has waited a day for a decision`,
    greeting: 'Hello,',
    paragraphs: [
      `No reviewer of ${partnerName} has decided on the onboarding of ${name} within 24 hours. Please see to it.`,
      `Onboarding: ${onboardingId}`,
      ...(until ? [`It expires without a decision on ${time(until)}.`] : []),
    ],
  }),
  de: ({ name, partnerName, onboardingId, until }, { time }) => ({
    subject: `${partnerName}: Ein Onboarding wartet seit einem Tag auf eine Entscheidung`,
    greeting: 'Guten Tag,',
    paragraphs: [
      `Niemand bei ${partnerName} hat innerhalb von 24 Stunden über das Onboarding von ${name} entschieden. ` +
        'Bitte kümmern Sie sich darum.',
      `Onboarding: ${onboardingId}`,
      ...(until ? [`Ohne Entscheidung verfällt es am ${time(until)}.`] : []),
    ],
  }),
};
