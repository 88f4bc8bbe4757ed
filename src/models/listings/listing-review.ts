import { Schema } from 'mongoose';
import type { Finding } from '../../domain/listings/checks/check-rules';
import type { ReviewDecision, StoredReviewState } from '../../domain/listings/review';
import { reconciledFields, reconciledOptions, type Entity } from '../schema-options';
import type { ListingRejection } from './listing';

/** The review of one revision of a listing. */
export interface ListingReview extends Entity {
  state: StoredReviewState;
  listingId: string;
  revision: number;
  /** The slug of the revision's category. */
  category: string;
  submittedBy: string | null;
  /** The days by which the approval renews the listing; null where it does not. */
  renewDays: number | null;
  /** The ids under which the partner knows the author and the owner, who may not decide. */
  authors: string[];
  /** The place in the queue: the time of the submission, kept when the listing is edited. */
  queuedSince: Date;
  /** Null until the review is escalated; kept when the listing is edited. */
  escalatedAt: Date | null;
  /** The review is open and escalated. */
  overdue: boolean;
  /** The reviewers know of the review: it takes the place of one of which they were notified. */
  isAnnounced: boolean;
  claimedBy: string | null;
  /** The end of the last claim; the beginning of time where there was none. */
  claimedUntil: Date;
  /** The version of the rules; null until the checks have ended. */
  checksVersion: number | null;
  score: number | null;
  findings: Finding[];
  decision: ReviewDecision | null;
  /** Null while the review is open. */
  endedAt: Date | null;
  /** True from the approval until the search index has the listing. */
  unindexed?: boolean;
  /** The last rejection of the listing before this review. */
  lastRejection: ListingRejection | null;
}

export const NEVER_CLAIMED = new Date(0);

export const listingReviewSchema = new Schema<ListingReview>(
  {
    ...reconciledFields,
    listingId: { type: String, required: true },
    revision: { type: Number, required: true },
    category: { type: String, required: true },
    submittedBy: { type: String, default: null },
    renewDays: { type: Number, default: null },
    authors: { type: [String], required: true },
    queuedSince: { type: Date, required: true },
    escalatedAt: { type: Date, default: null },
    overdue: { type: Boolean, required: true },
    isAnnounced: { type: Boolean, required: true },
    claimedBy: { type: String, default: null },
    claimedUntil: { type: Date, required: true },
    checksVersion: { type: Number, default: null },
    score: { type: Number, default: null },
    findings: { type: [Schema.Types.Mixed], required: true } as never,
    decision: { type: Schema.Types.Mixed, default: null },
    endedAt: { type: Date, default: null },
    unindexed: { type: Boolean },
    lastRejection: { type: Schema.Types.Mixed, default: null },
  },
  { ...reconciledOptions, collection: 'listing_reviews' },
)
  .index({ tenantId: 1, listingId: 1, revision: -1 })
  .index({ tenantId: 1, queuedSince: 1, _id: 1 })
  .index({ tenantId: 1, state: 1, queuedSince: 1, _id: 1 })
  .index({ tenantId: 1, category: 1, queuedSince: 1, _id: 1 })
  .index({ tenantId: 1, state: 1, category: 1, queuedSince: 1, _id: 1 })
  .index({ tenantId: 1, claimedBy: 1, queuedSince: 1, _id: 1 })
  .index({ tenantId: 1, overdue: 1, queuedSince: 1, _id: 1 })
  .index({ tenantId: 1, overdue: 1, state: 1, queuedSince: 1, _id: 1 })
  .index({ tenantId: 1, overdue: 1, category: 1, queuedSince: 1, _id: 1 })
  // An approved review that is not yet in the search index is unfinished.
  .index({ unindexed: 1, tenantId: 1 }, { partialFilterExpression: { unindexed: true }, name: 'unindexed_reviews' })
  .index({ state: 1, _id: 1 }, { name: 'reconciler_sweep' })
  .index({ touchedAt: 1 }, { name: 'reconciler_look' });
