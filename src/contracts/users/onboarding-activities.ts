import type { Actor } from '../../domain/actor';
import type { OnboardingState, OnboardingUndoing } from '../../domain/users/onboarding';
import type { EventType } from '../events';
import type { OnboardingRef } from './onboarding';

/** What every step's activity is told. `at` is the workflow's time, ISO 8601. */
export interface OnboardingStepInput extends OnboardingRef {
  /** First run id of the calling chain: an entity that another chain owns is not touched. */
  chain: string;
  /** The step's name with its occurrence, unique per onboarding. */
  step: string;
  at: string;
}

export interface AdvanceOnboardingInput extends OnboardingStepInput {
  from: readonly OnboardingState[];
  to: OnboardingState;
  event: { type: EventType; data?: Record<string, string | number | null> };
  /** The deadline of the state it leads to. */
  until: string | null;
  /** The command that asked for it; its texts and personal data wait in MongoDB under its id. */
  command?: { id: string; by: Actor };
}

export interface UndoOnboardingInput extends OnboardingStepInput {
  towards: OnboardingUndoing;
  /** Shown in the timeline; an error's code, never its text. */
  reason: string | null;
  command?: { id: string; by: Actor };
}

export interface SendEmailInput extends OnboardingStepInput {
  template: 'verification' | 'verificationReminder' | 'profileReminder' | 'rejection' | 'welcome';
  event: EventType;
  /** The link's number; links of lower numbers die with this mail. Only for mails with a link. */
  link?: { generation: number; expiresAt: string };
  command?: { id: string; by: Actor };
}

export interface SendNotificationInput extends OnboardingStepInput {
  kind: 'approvalRequest' | 'approvalEscalation';
}

export interface ProcessNotificationInput extends OnboardingStepInput {
  notificationId: string;
}

export interface UpdateUserStatusInput extends OnboardingStepInput {
  to: 'active' | 'cancelled';
}

export interface FinishOnboardingInput extends OnboardingStepInput {
  to: 'completed' | OnboardingUndoing;
}

/** When the step was applied first (ISO 8601, business time); a repeat answers the same. */
export interface StepApplied {
  at: string;
}
