import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { RejectionReason, StoredReviewState } from '../../domain/listings/review';
import type { CommandInput, CommandOutcome } from '../commands';
import type { BornInSandbox } from '../sandbox/sandbox-clock';

export const LISTING_APPROVAL = 'listingApproval';

/**
 * Returns the only form of the workflow's id. It names the review and not the revision: a revision that was withdrawn
 * is reviewed again when it is submitted again, and no id of a workflow is used twice.
 */
export function listingApprovalId(reviewId: string): string {
  return `${LISTING_APPROVAL}/${reviewId}`;
}

/** Names a review to workflow and activities: ids only, no text of a listing. */
export interface ReviewRef {
  tenantId: string;
  reviewId: string;
}

export interface ListingApprovalInput extends ReviewRef, BornInSandbox {
  correlationId: string;
}

/** The recorded progress from which a new run continues. Times are ISO 8601. */
export interface ReviewProgress {
  state: StoredReviewState;
  /** The instant from which the deadline of the escalation counts. */
  queuedAt: string;
  /** The instant from which the silence after the escalation counts; null until the review is escalated. */
  escalatedAt: string | null;
}

export const reviewCommands = [
  'claimListing',
  'releaseListing',
  'approveListing',
  'rejectListing',
  'cancelReview',
] as const;
export type ReviewCommand = (typeof reviewCommands)[number];

export type ReviewOutcome = CommandOutcome<StoredReviewState>;

/**
 * A decision sent as a signal, for the revision of the run. Signals are history, so it holds no comment. A signal that
 * names no reviewer is ignored.
 */
export interface SignalledDecision {
  /** The partner's own id of the person. */
  reviewer: string;
}
export interface SignalledRejection extends SignalledDecision {
  /** Defaults to `other`, as does any other text. */
  reason?: RejectionReason;
}

export interface ReviewStatus {
  /** Claims are not part of it: they are the database's, and pass with time. */
  state: StoredReviewState;
  waitingFor: { what: string; until: string | null } | null;
}

export const getState = defineQuery<ReviewStatus>('getState');

const defineCommand = (name: ReviewCommand) => defineUpdate<ReviewOutcome, [CommandInput]>(name);
export const claimListing = defineCommand('claimListing');
export const releaseListing = defineCommand('releaseListing');
export const approveListing = defineCommand('approveListing');
export const rejectListing = defineCommand('rejectListing');
export const cancelReview = defineCommand('cancelReview');

export const approve = defineSignal<[SignalledDecision]>('approve');
export const reject = defineSignal<[SignalledRejection]>('reject');
/** Wakes the run of a review that the api has ended. */
export const reviewEnded = defineSignal('reviewEnded');
