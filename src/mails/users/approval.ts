import type { MailAudience } from '../../domain/mail-delivery';
import { tenantOf } from '../../domain/tenant';
import type { LoadMailInput, MailDefinition } from '../mail-definition';
import { quoted } from '../typed-text';
import { loadOnboardingMail, type OnboardingMailFacts } from './load-onboarding-mail';

interface ApprovalFacts extends OnboardingMailFacts {
  onboardingId: string;
  partnerId: string;
  audience: MailAudience;
  /** The onboarding expires at this instant without a decision. */
  until: Date | null;
}

const load = (input: LoadMailInput) =>
  loadOnboardingMail(input, ({ _id: onboardingId, tenantId, until }) => ({
    onboardingId,
    partnerId: tenantOf(tenantId).partnerId,
    audience: input.mail.audience,
    until,
  }));

/**
 * Sent to reviewers, or to the operator where there are none. They decide through the API, so the mail names the
 * onboarding and has no button.
 */
export const approvalRequest: MailDefinition<ApprovalFacts> = {
  load,
  en: (facts, { time }) => ({
    subject: isForOperator(facts)
      ? 'An onboarding needs your decision'
      : `${facts.partnerName}: an onboarding needs your decision`,
    greeting: 'Hello,',
    paragraphs: [
      isForOperator(facts)
        ? 'An onboarding waits to be approved or rejected, and its partner has no reviewers.'
        : `The onboarding of ${facts.name} waits for a reviewer to approve or reject it.`,
      ...namesInEnglish(facts),
      ...(facts.until ? [`It expires without a decision on ${time(facts.until)}.`] : []),
    ],
  }),
  de: (facts, { time }) => ({
    subject: isForOperator(facts)
      ? 'Ein Onboarding braucht Ihre Entscheidung'
      : `${facts.partnerName}: Ein Onboarding braucht Ihre Entscheidung`,
    greeting: 'Guten Tag,',
    paragraphs: [
      isForOperator(facts)
        ? 'Ein Onboarding wartet darauf, angenommen oder abgelehnt zu werden; beim Partner ist niemand eingetragen.'
        : `Das Onboarding von ${facts.name} wartet darauf, angenommen oder abgelehnt zu werden.`,
      ...namesInGerman(facts),
      ...(facts.until ? [`Ohne Entscheidung verfällt es am ${time(facts.until)}.`] : []),
    ],
  }),
};

/** Sent to the operator alone. */
export const approvalEscalation: MailDefinition<ApprovalFacts> = {
  load,
  en: (facts, { time }) => ({
    subject: 'An onboarding has waited a day for a decision',
    greeting: 'Hello,',
    paragraphs: [
      'No reviewer of the partner has decided on an onboarding within 24 hours. Please see to it.',
      ...namesInEnglish(facts),
      ...(facts.until ? [`It expires without a decision on ${time(facts.until)}.`] : []),
    ],
  }),
  de: (facts, { time }) => ({
    subject: 'Ein Onboarding wartet seit einem Tag auf eine Entscheidung',
    greeting: 'Guten Tag,',
    paragraphs: [
      'Niemand beim Partner hat innerhalb von 24 Stunden über ein Onboarding entschieden. ' +
        'Bitte kümmern Sie sich darum.',
      ...namesInGerman(facts),
      ...(facts.until ? [`Ohne Entscheidung verfällt es am ${time(facts.until)}.`] : []),
    ],
  }),
};

const isForOperator = ({ audience }: ApprovalFacts): boolean => audience === 'operator';

/** In a mail to the operator each name is behind a frame, so that no partner speaks with the platform's voice. */
function namesInEnglish({ audience, name, partnerName, partnerId, onboardingId }: ApprovalFacts): string[] {
  if (audience !== 'operator') return [`Onboarding: ${onboardingId}`];
  return [
    `Partner: ${partnerId}`,
    `Onboarding: ${onboardingId}`,
    `The partner wrote, as its own name: ${quoted(partnerName)}`,
    `The partner wrote, as the name of the person: ${quoted(name)}`,
  ];
}

function namesInGerman({ audience, name, partnerName, partnerId, onboardingId }: ApprovalFacts): string[] {
  if (audience !== 'operator') return [`Onboarding: ${onboardingId}`];
  return [
    `Partner: ${partnerId}`,
    `Onboarding: ${onboardingId}`,
    `Der Partner schrieb als eigenen Namen: ${quoted(partnerName)}`,
    `Der Partner schrieb als Namen der Person: ${quoted(name)}`,
  ];
}
