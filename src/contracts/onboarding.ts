import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { Actor } from '../domain/actor';
import type { OnboardingCommand, OnboardingState, WaitingFor } from '../domain/onboarding';

export const USER_ONBOARDING = 'userOnboarding';

/** The sole form of the workflow's id: the business key. */
export function userOnboardingId(onboardingId: string): string {
  return `${USER_ONBOARDING}/${onboardingId}`;
}

/** Names an onboarding to workflow and activities: ids only, nothing personal. */
export interface OnboardingRef {
  tenantId: string;
  onboardingId: string;
}

export interface UserOnboardingInput extends OnboardingRef {
  requiresApproval: boolean;
  correlationId: string;
}

/** Where a new run picks up: the start for a first run, further on after an operator's restart. Times are ISO 8601. */
export interface OnboardingProgress {
  state: OnboardingState;
  /** When the present state began; its deadlines count from here. */
  since: string;
  /** The newest link; 0 before the first mail. */
  generation: number;
  linkExpiresAt: string | null;
  resentAt: string[];
  /** What the undoing leads to; null unless compensating. */
  towards: Extract<OnboardingState, 'expired' | 'rejected' | 'cancelled' | 'failed'> | null;
}

/** Every command carries its id (the update id) and who sent it; texts and personal data wait in MongoDB under that id. */
export interface CommandInput {
  commandId: string;
  by: Actor;
}
export interface VerifyEmailInput extends CommandInput {
  /** The generation in the link, whose signature the api has checked. */
  generation: number;
}

/** What an applied command answers; stored with its event, so a retry gets the same. */
export interface CommandOutcome {
  state: OnboardingState;
  at: string;
}

export interface OnboardingStatus {
  state: OnboardingState;
  generation: number;
  waitingFor: WaitingFor | null;
}

export const getState = defineQuery<OnboardingStatus>('getState');

export const verifyEmail = defineUpdate<CommandOutcome, [VerifyEmailInput]>('verifyEmail' satisfies OnboardingCommand);
export const resendVerification = defineUpdate<CommandOutcome, [CommandInput]>('resendVerification' satisfies OnboardingCommand);
export const submitProfile = defineUpdate<CommandOutcome, [CommandInput]>('submitProfile' satisfies OnboardingCommand);
export const approveOnboarding = defineUpdate<CommandOutcome, [CommandInput]>('approveOnboarding' satisfies OnboardingCommand);
export const rejectOnboarding = defineUpdate<CommandOutcome, [CommandInput]>('rejectOnboarding' satisfies OnboardingCommand);
export const cancelOnboarding = defineUpdate<CommandOutcome, [CommandInput]>('cancelOnboarding' satisfies OnboardingCommand);

/** The types of the failures that workflow and activities throw; they cross to the api in `ApplicationFailure.type`. */
export const failureTypes = {
  illegalState: 'ILLEGAL_STATE',
  tokenExpired: 'TOKEN_EXPIRED',
  tokenSuperseded: 'TOKEN_SUPERSEDED',
  tokenUsed: 'TOKEN_USED',
  resendLimit: 'RESEND_LIMIT',
  /** The run lost its entity: another run owns it, or somebody changed it by hand. */
  notOurs: 'ENTITY_NOT_OURS',
} as const;
