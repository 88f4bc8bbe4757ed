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

export const MAX_RESENDS_PER_DAY = 5;

/**
 * Returns null when a partner may have a link sent again now, otherwise the instant (ms) at which the oldest of the
 * day's resends leaves the window.
 */
export function nextResendAt({ resentAtMs, nowMs }: { resentAtMs: readonly number[]; nowMs: number }): number | null {
  const recent = resentAtMs.filter((ms) => ms > nowMs - onboardingTimes.resendWindowMs);
  return recent.length < MAX_RESENDS_PER_DAY ? null : Math.min(...recent) + onboardingTimes.resendWindowMs;
}

export interface WaitingFor {
  what: string;
  until: string | null;
}

/**
 * Returns the event that an onboarding in an open state waits for, for people to read. `until` is the entity's
 * deadline.
 */
export function waitingForOf({ state, until }: { state: OnboardingState; until: string | null }): WaitingFor | null {
  const what: Partial<Record<OnboardingState, string>> = {
    accepted: 'the process to start',
    awaiting_verification: 'the person to follow the link in the verification mail',
    awaiting_profile: 'the profile; without one it continues at the deadline',
    awaiting_approval: "a reviewer's decision",
    activating: 'the welcome package and the activation of the user',
    compensating: 'the earlier steps to be undone',
  };
  return what[state] === undefined ? null : { what: what[state], until };
}
