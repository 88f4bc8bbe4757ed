import { refusalCodes, type MailRefusal } from '../mail-refusal';

export const onboardingStates = [
  'accepted',
  'awaiting_verification',
  'awaiting_profile',
  'awaiting_approval',
  'activating',
  'compensating',
  'completed',
  'expired',
  'rejected',
  'cancelled',
  'failed',
] as const;
export type OnboardingState = (typeof onboardingStates)[number];

/** The endings other than `completed`, each of which first undoes the earlier steps. */
export type OnboardingUndoing = Extract<OnboardingState, 'expired' | 'rejected' | 'cancelled' | 'failed'>;

/** The states from which an onboarding may come to each state. */
export const onboardingTransitions: Record<OnboardingState, readonly OnboardingState[]> = {
  accepted: [],
  awaiting_verification: ['accepted', 'awaiting_verification'],
  awaiting_profile: ['awaiting_verification', 'awaiting_profile'],
  awaiting_approval: ['awaiting_profile', 'awaiting_approval'],
  activating: ['awaiting_profile', 'awaiting_approval', 'activating'],
  compensating: [
    'accepted',
    'awaiting_verification',
    'awaiting_profile',
    'awaiting_approval',
    'activating',
    'compensating',
  ],
  completed: ['activating'],
  expired: ['compensating'],
  rejected: ['compensating'],
  cancelled: ['compensating'],
  failed: ['compensating'],
};

export const endedOnboardingStates = [
  'completed',
  'expired',
  'rejected',
  'cancelled',
  'failed',
] as const satisfies readonly OnboardingState[];
export const openOnboardingStates = onboardingStates.filter((state) => !hasEnded(state));

/** True when an onboarding never changes again. */
export function hasEnded(state: OnboardingState): boolean {
  return (endedOnboardingStates as readonly OnboardingState[]).includes(state);
}

/**
 * True when a caller that waits (`Prefer: wait`) has something to act on: the onboarding waits for a person, or has
 * ended.
 */
export function hasSettled(state: OnboardingState): boolean {
  return hasEnded(state) || state.startsWith('awaiting_');
}

export const onboardingCommands = [
  'verifyEmail',
  'resendVerification',
  'updateOnboardingEmail',
  'submitProfile',
  'approveOnboarding',
  'rejectOnboarding',
  'cancelOnboarding',
] as const;
export type OnboardingCommand = (typeof onboardingCommands)[number];

/** The states in which each command is accepted. */
export const commandStates: Record<OnboardingCommand, readonly OnboardingState[]> = {
  verifyEmail: ['awaiting_verification'],
  resendVerification: ['awaiting_verification'],
  updateOnboardingEmail: ['awaiting_verification'],
  submitProfile: ['awaiting_profile'],
  approveOnboarding: ['awaiting_approval'],
  rejectOnboarding: ['awaiting_approval'],
  cancelOnboarding: ['accepted', 'awaiting_verification', 'awaiting_profile', 'awaiting_approval', 'activating'],
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Business times of an onboarding, in milliseconds. Never shortened for tests: tests skip time. */
export const onboardingTimes = {
  linkLifetimeMs: DAY_MS,
  verificationRemindersAfterMs: [DAY_MS, 3 * DAY_MS],
  verificationGivesUpAfterMs: 7 * DAY_MS,
  profileRemindersAfterMs: [3 * DAY_MS],
  profileGivesUpAfterMs: 14 * DAY_MS,
  approvalEscalatesAfterMs: DAY_MS,
  approvalGivesUpAfterMs: 3 * DAY_MS,
  resendWindowMs: DAY_MS,
} as const;

/** Of each kind: links sent again to one address, and corrections of the address. */
export const MAX_RESENDS_PER_DAY = 5;

/**
 * Returns null when a partner may have a link sent again, or correct the address, now; otherwise the instant (ms) at
 * which the oldest of the day's requests leaves the window.
 */
export function nextResendAt({ resentAtMs, nowMs }: { resentAtMs: readonly number[]; nowMs: number }): number | null {
  const recent = resentAtMs.filter((ms) => ms > nowMs - onboardingTimes.resendWindowMs);
  return recent.length < MAX_RESENDS_PER_DAY ? null : Math.min(...recent) + onboardingTimes.resendWindowMs;
}

export const verificationMailStates = ['being_sent', 'sent', 'withheld', 'undeliverable', 'limited', 'closed'] as const;

/**
 * The mail with the newest link: ordered, then accepted by the mail server or refused for good; withheld in a sandbox,
 * or not sent because a limit of mails was reached. An operator may close a mail that was refused. The codes are null
 * unless it was refused.
 */
export interface VerificationMail extends MailRefusal {
  state: (typeof verificationMailStates)[number];
}

/** The mail with a new link, when it is ordered. */
export const orderedVerificationMail: VerificationMail = { state: 'being_sent', code: null, status: null };

export interface WaitingFor {
  what: string;
  until: string | null;
}

export interface WaitingForOfInput {
  state: OnboardingState;
  /** The entity's deadline. */
  until: string | null;
  /** The mail with the newest link; left out where it is not known. */
  verificationMail?: VerificationMail | null;
}

/** Returns the event that an onboarding in an open state waits for, for people to read. */
export function waitingForOf({ state, until, verificationMail = null }: WaitingForOfInput): WaitingFor | null {
  const what: Partial<Record<OnboardingState, string>> = {
    accepted: 'the process to start',
    awaiting_verification: verificationWaitsFor(verificationMail),
    awaiting_profile: 'the profile; without one it continues at the deadline',
    awaiting_approval: "a reviewer's decision",
    activating: 'the welcome package and the activation of the user',
    compensating: 'the earlier steps to be undone',
  };
  return what[state] === undefined ? null : { what: what[state], until };
}

function verificationWaitsFor(mail: VerificationMail | null): string {
  switch (mail?.state) {
    case 'undeliverable':
      return (
        `a corrected address (POST /onboardings/{id}/email): the mail server refused the verification mail ` +
        `(${refusalCodes(mail)})`
      );
    case 'withheld':
      return 'the person to follow the link in the verification mail, which was withheld (GET /sandbox/mails)';
    case 'limited':
      return (
        'a new link, once the day (UTC) is over: the verification mail was not sent, because a limit of mails a day ' +
        'was reached'
      );
    case 'closed':
      return 'a new link or a corrected address: an operator closed the verification mail, which was not delivered';
    default:
      return 'the person to follow the link in the verification mail';
  }
}
