import { defineQuery } from '@temporalio/workflow';
import type { OperationFailure, OperationState, SweepCounts } from '../operation';

export const LISTING_EXPIRATION = 'listingExpiration';

/** Returns the id of a sweep that an operation ordered. A sweep of the schedule has an id that Temporal makes. */
export function listingExpirationId(operationId: string): string {
  return `${LISTING_EXPIRATION}/${operationId}`;
}

/** A place in the order of a sweep: behind this listing. */
export interface SweepCursor {
  /** The instant at which its work was due, ISO 8601. */
  at: string;
  /** The listing's id. */
  id: string;
}

/** The work of a sweep, in its order: what has ended, then the owners to notify. */
export type SweepPhase = 'expiry' | 'notices';

/** The order for a sweep by an operator. The operation has the rest of the order and the result. */
export interface SweepOrder {
  /** The tenant of the operation, which is the operator's. */
  tenantId: string;
  operationId: string;
  correlationId: string;
}

/** The progress that a sweep takes over from the run before it. */
export interface SweepProgress {
  /** The index of the tenant that is being swept. */
  tenant: number;
  phase: SweepPhase;
  after: SweepCursor | null;
  counts: SweepCounts;
}

/** Either the schedule or an operation orders a sweep; a run without either ends at once. */
export interface ListingExpirationInput extends Partial<SweepOrder> {
  /** Set by the schedule. */
  isScheduled?: boolean;
  /** Set where the run continues another one. */
  progress?: SweepProgress;
}

/** The failure type of a run that nobody ordered. */
export const SWEEP_NOT_ORDERED = 'SWEEP_NOT_ORDERED';

/** The part of the listings that a step of a sweep reads. */
export interface SweepScope {
  /** Null for all tenants. */
  tenantId: string | null;
  /** Real time up to which everything is due, ISO 8601; a sandbox's own clock counts from there. */
  at: string;
  /** The operation that counts the listings. */
  operationId?: string;
}

export interface SweepPage extends SweepScope {
  after: SweepCursor | null;
}

/** The listings that are due; a sweep counts 10,000 of a kind at most. */
export interface ListingsDue {
  expiry: number;
  notices: number;
}

export interface ExpiredPage {
  expired: number;
  /** The place from which the next page continues; null after the last. */
  next: SweepCursor | null;
}

export interface NoticedPage {
  reminded: number;
  ended: number;
  next: SweepCursor | null;
}

/** The tenants to sweep in turn; null stands for all at once. */
export interface SweepBegun {
  tenantIds: (string | null)[];
  dryRun: boolean;
}

export interface SweepStep extends SweepOrder {
  /** First run id of the calling workflow chain; activities do not touch an operation that another chain owns. */
  chain: string;
}

export interface FinishSweepInput extends SweepStep {
  failure: OperationFailure | null;
}

export const getState = defineQuery<{ state: OperationState; counts: SweepCounts }>('getState');
