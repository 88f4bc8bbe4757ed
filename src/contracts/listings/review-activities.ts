import type { RejectionReason, StoredReviewState } from '../../domain/listings/review';
import type { CheckOutcome } from '../../domain/listings/checks/check-listing';
import type { ProcessStep, StepCommand } from '../process-step';
import type { ReviewRef } from './review';

/** The input of every step's activity. */
export interface ReviewStepInput extends ReviewRef, ProcessStep {}

/** The state of the review after a step. A review that the api has ended meanwhile is left as it is. */
export interface ReviewStepApplied {
  state: StoredReviewState;
  /** Business time at which the step was first applied, ISO 8601; a repeat returns the same. */
  at: string;
  /** The code by which the step was refused; null where it was applied. */
  problem: string | null;
}

export interface ListingChecked extends ReviewStepApplied {
  outcome: CheckOutcome;
}

export interface ListingRejected extends ReviewStepApplied {
  /** The end of the claim, ISO 8601, for which a rejection by silence has to wait; null where it waits for none. */
  heldUntil: string | null;
}

export interface UpdateListingStatusInput extends ReviewStepInput {
  to: 'queued' | 'escalated';
}

export interface NotifyReviewersInput extends ReviewStepInput {
  audience: 'reviewers' | 'deputies';
}

/** A command's step; the reviewer and the texts are stored under the command's id. */
export interface ReviewCommandInput extends ReviewStepInput {
  command: StepCommand;
}

export interface ApproveListingInput extends ReviewStepInput {
  /** Left out where the checks approve. */
  command?: StepCommand;
  /** Set where the decision came as a signal. */
  reviewer?: string;
}

export interface RejectListingInput extends ApproveListingInput {
  reason?: RejectionReason;
  /** Set where nobody decided: `silence` rejects only where the partner's setting says so. */
  cause?: 'checks' | 'silence';
}
