import type { OnboardingState, OnboardingUndoing } from '../../domain/users/onboarding';
import type { EventType } from '../events';
import type { ProcessStep, StepCommand } from '../process-step';
import type { OnboardingRef } from './onboarding';

/** The input of every step's activity. */
export interface OnboardingStepInput extends OnboardingRef, ProcessStep {}

export interface AdvanceOnboardingInput extends OnboardingStepInput {
  from: readonly OnboardingState[];
  to: OnboardingState;
  event: EventType;
  /** The deadline of the new state. */
  until: string | null;
  command?: StepCommand;
}

export interface UndoOnboardingInput extends OnboardingStepInput {
  towards: OnboardingUndoing;
  /** Shown in the timeline: a code or a fixed phrase, never an error's text. The reason of a command comes first. */
  reason: string | null;
  command?: StepCommand;
}

/** A link in a mail. The generation numbers the link; links with lower numbers stop working. */
export interface NewLink {
  generation: number;
  /** ISO 8601. */
  expiresAt: string;
}

export interface SendEmailInput extends OnboardingStepInput {
  template: 'verification' | 'verificationReminder' | 'profileReminder' | 'rejection' | 'welcome';
  event: EventType;
  /** Only for mails with a link. */
  link?: NewLink;
  command?: StepCommand;
}

export interface UpdateOnboardingEmailInput extends OnboardingStepInput {
  link: NewLink;
  /** The deadline of the verification, which counts from the correction. */
  until: string;
  /** The address is stored under the command's id. */
  command: StepCommand;
}

export interface SendNotificationInput extends OnboardingStepInput {
  kind: 'approvalRequest' | 'approvalEscalation';
}

export interface ProcessNotificationInput extends OnboardingStepInput {
  notificationId: string;
}

export interface UpdateUserStatusInput extends OnboardingStepInput {
  to: 'cancelled';
}

export interface FinishOnboardingInput extends OnboardingStepInput {
  to: 'completed' | OnboardingUndoing;
}

export interface StepApplied {
  /** Business time at which the step was first applied, ISO 8601; a repeat returns the same. */
  at: string;
}
