import type { OnboardingState, OnboardingUndoing } from '../../domain/users/onboarding';
import type { EventType } from '../events';
import type { ProcessStep, StepCommand } from '../process-step';
import type { OnboardingRef } from './onboarding';

/** The input of every step's activity. */
export interface OnboardingStepInput extends OnboardingRef, ProcessStep {}

export interface AdvanceOnboardingInput extends OnboardingStepInput {
  from: readonly OnboardingState[];
  to: OnboardingState;
  event: { type: EventType; data?: Record<string, string | number | null> };
  /** The deadline of the state it leads to. */
  until: string | null;
  command?: StepCommand;
}

export interface UndoOnboardingInput extends OnboardingStepInput {
  towards: OnboardingUndoing;
  /** Shown in the timeline; an error's code, never its text. */
  reason: string | null;
  command?: StepCommand;
}

export interface SendEmailInput extends OnboardingStepInput {
  template: 'verification' | 'verificationReminder' | 'profileReminder' | 'rejection' | 'welcome';
  event: EventType;
  /** The link's number; links of lower numbers die with this mail. Only for mails with a link. */
  link?: { generation: number; expiresAt: string };
  command?: StepCommand;
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

/** When the step was first applied (ISO 8601, business time); a repeat returns the same. */
export interface StepApplied {
  at: string;
}
