import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { CommandInput, CommandOutcome } from '../commands';
import type { BornInSandbox } from '../sandbox/sandbox-clock';
import type { OnboardingCommand, OnboardingState, WaitingFor } from '../../domain/users/onboarding';

export const USER_ONBOARDING = 'userOnboarding';

/** Returns the only form of the workflow's id: the business key. */
export function userOnboardingId(onboardingId: string): string {
  return `${USER_ONBOARDING}/${onboardingId}`;
}

/** Names an onboarding to workflow and activities: ids only, nothing personal. */
export interface OnboardingRef {
  tenantId: string;
  onboardingId: string;
}

export interface UserOnboardingInput extends OnboardingRef, BornInSandbox {
  requiresApproval: boolean;
  correlationId: string;
}

/**
 * The recorded progress from which a new run continues, for example after an operator's restart. Times are ISO 8601.
 */
export interface OnboardingProgress {
  state: OnboardingState;
  /** Start of the present state, from which its deadlines count. */
  since: string;
  /** The number of the newest link; 0 before the first mail. */
  generation: number;
  linkExpiresAt: string | null;
  resentAt: string[];
  correctedAt: string[];
  /** The final state after the undoing; null unless compensating. */
  towards: Extract<OnboardingState, 'expired' | 'rejected' | 'cancelled' | 'failed'> | null;
}

export interface VerifyEmailInput extends CommandInput {
  /** The generation in the link, whose signature the api has checked. */
  generation: number;
}

export type OnboardingOutcome = CommandOutcome<OnboardingState>;

export interface OnboardingStatus {
  state: OnboardingState;
  generation: number;
  waitingFor: WaitingFor | null;
}

export const getState = defineQuery<OnboardingStatus>('getState');

export const verifyEmail = defineUpdate<OnboardingOutcome, [VerifyEmailInput]>(
  'verifyEmail' satisfies OnboardingCommand,
);
export const resendVerification = defineUpdate<OnboardingOutcome, [CommandInput]>(
  'resendVerification' satisfies OnboardingCommand,
);
export const updateOnboardingEmail = defineUpdate<OnboardingOutcome, [CommandInput]>(
  'updateOnboardingEmail' satisfies OnboardingCommand,
);
export const submitProfile = defineUpdate<OnboardingOutcome, [CommandInput]>(
  'submitProfile' satisfies OnboardingCommand,
);
export const approveOnboarding = defineUpdate<OnboardingOutcome, [CommandInput]>(
  'approveOnboarding' satisfies OnboardingCommand,
);
export const rejectOnboarding = defineUpdate<OnboardingOutcome, [CommandInput]>(
  'rejectOnboarding' satisfies OnboardingCommand,
);
export const cancelOnboarding = defineUpdate<OnboardingOutcome, [CommandInput]>(
  'cancelOnboarding' satisfies OnboardingCommand,
);

/** Codes that refuse an onboarding's command, besides those of its state. */
export const refusals = {
  tokenExpired: 'TOKEN_EXPIRED',
  tokenSuperseded: 'TOKEN_SUPERSEDED',
  tokenUsed: 'TOKEN_USED',
  resendLimit: 'RESEND_LIMIT',
  emailTaken: 'EMAIL_TAKEN',
} as const;
