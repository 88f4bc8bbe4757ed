import type { WorkflowSignal } from '../../../contracts/outbox';
import { listingApprovalId, reviewEnded } from '../../../contracts/listings/review';
import { COLLECTED_SETTLE_MS, APPROVALS_WAIT_MS } from '../../../domain/listings/collected-mails';
import { lastDayAfter } from '../../../domain/listings/duration';
import { newestContent } from '../../../domain/listings/edit-listing';
import { listingStateAt } from '../../../domain/listings/listing';
import { renewByApproval } from '../../../domain/listings/renewal';
import {
  openReviewStates,
  revisionChanged,
  type ReviewDecision,
  type ReviewEnd,
} from '../../../domain/listings/review';
import { NEVER_CLAIMED, type ListingReview } from '../../../models/listings/listing-review';
import type { Listing } from '../../../models/listings/listing';
import { applyStep, type StepInput, type StepResult } from '../../apply-step';
import { findEntity } from '../../find-entity';
import { newOutboxRow } from '../../new-outbox-row';
import { insertDocuments } from '../../insert-documents';
import { findCategory } from '../find-category';
import { findListingSettings } from '../partner-settings';
import { renewalEvent } from '../renew-listing';
import { setEnd } from '../set-end';
import { duplicateKeysOf } from '../text-hash';
import { orderNotice } from './order-notice';
import { stepOfReview, type ReviewChangeInput } from './review-step';

/** Returns the fields of a review that has ended. */
export const endOfReview = (at: string, decision: ReviewDecision | null) => ({
  decision,
  endedAt: new Date(at),
  overdue: false,
  claimedBy: null,
  claimedUntil: NEVER_CLAIMED,
});

export interface EndReviewInput extends ReviewChangeInput {
  /** The review as the transaction sees it. */
  review: Pick<ListingReview, 'correlationId'>;
  to: Extract<ReviewEnd, 'superseded' | 'cancelled'>;
}

/**
 * Ends a review without a decision within the caller's transaction, and wakes its run. The caller moves the listing.
 * @throws DomainError `ILLEGAL_STATE` where it has ended already
 */
export async function endReview({ database, session, change, review, to }: EndReviewInput): Promise<StepResult> {
  return applyStep(
    database,
    {
      ...stepOfReview(change),
      from: openReviewStates,
      to,
      set: endOfReview(change.at, null),
      event: { type: `listing_review.${to}` },
      alongside: async (within) => {
        if (change.chain !== undefined) return;
        const { tenantId, reviewId: entityId } = change;
        const about = {
          tenantId,
          entityType: 'listing_review',
          entityId,
          correlationId: review.correlationId,
        } as const;
        const row = newOutboxRow({ ...about, signal: wakeUp(entityId), pending: ['temporal'] });
        await insertDocuments({ model: database.models.outbox, documents: [row], session: within });
      },
    },
    session,
  );
}

const wakeUp = (reviewId: string): WorkflowSignal => ({
  workflowId: listingApprovalId(reviewId),
  name: reviewEnded.name,
});

export interface DecideReviewInput extends ReviewChangeInput {
  /** The review as the transaction sees it; the caller has checked who decides. */
  review: ListingReview;
  decision: ReviewDecision;
}

/**
 * Ends a review with its decision and moves the listing, all within the caller's transaction.
 * @throws DomainError `REVISION_CHANGED`, `ILLEGAL_STATE`, `ENTITY_NOT_OURS`
 */
export async function decideReview(input: DecideReviewInput): Promise<StepResult> {
  const { database, session, change, review, decision } = input;
  const { outcome, reviewer, reason } = decision;
  const { tenantId, listingId, revision } = review;
  const listing = await findEntity({ database, session, tenantId, entityType: 'listing', entityId: listingId });
  // Every edit of what is under review opens another review.
  if (listing.reviewId !== review._id) throw revisionChanged();
  const data = { reviewer, revision, ...(reason === null ? {} : { reason }) };
  return applyStep(
    database,
    {
      ...stepOfReview(change),
      from: openReviewStates,
      to: outcome,
      set: { ...endOfReview(change.at, decision), ...(outcome === 'approved' ? { unindexed: true } : {}) },
      event: { type: `listing_review.${outcome}`, data: { ...data, listingId } },
      alongside: async (within, at) => {
        const step: StepInput = {
          tenantId,
          entityType: 'listing',
          entityId: listingId,
          step: `review/${review._id}/${outcome}`,
          from: [listing.state],
          at: at.toISOString(),
          by: change.by,
          event: { type: `listing.${outcome}`, data: { ...data, reviewId: review._id } },
        };
        const move =
          outcome === 'approved'
            ? await publication({ ...input, listing, at })
            : rejection({ listing, revision, decision, at });
        await applyStep(database, { ...step, ...move }, within);
      },
    },
    session,
  );
}

interface MoveInput {
  listing: Listing;
  at: Date;
}

/**
 * Returns the changes of an approved listing. Its time starts with the first approval, and no other lengthens it,
 * unless the submission asked for a renewal.
 */
async function publication(input: DecideReviewInput & MoveInput): Promise<Partial<StepInput>> {
  const { review, listing, at } = input;
  const { renewDays } = review;
  const approvalMail = await orderApprovalMail(input);
  const shown = { live: newestContent(listing), draft: null };
  const set = {
    ...shown,
    ...duplicateKeysOf(shown),
    approvedAt: at,
    approvalMail,
    reviewId: null,
    rejection: null,
  };
  const published = publishedEvent(input);
  if (listing.publishedAt === null) {
    const times = await firstTimes(input);
    const isShown = times.expiresAt > at;
    return { to: isShown ? 'live' : 'expired', set: { ...set, ...times }, also: isShown ? [published] : [] };
  }
  if (!renewDays) return { set, also: listingStateAt(listing, at) === 'live' ? [published] : [] };
  const end = await renewedEnd({ ...input, days: renewDays });
  const event = renewalEvent({ listing, days: renewDays, lastDay: end.lastDay });
  const isRenewable = listing.state === 'live' || listing.state === 'expired';
  return {
    // A withdrawn or suspended listing stays so, with the new end; no notice is due while nobody sees it.
    ...(isRenewable ? { to: 'live' } : {}),
    set: { ...set, ...end, ...(isRenewable ? {} : { nextNoticeAt: null }) },
    also: [{ ...event, step: `review/${review._id}/renewed` }, ...(isRenewable ? [published] : [])],
  };
}

/** Returns the event of an approval whose content buyers see from now on, for the first time or again. */
const publishedEvent = ({ review, listing: { revision } }: DecideReviewInput & MoveInput) =>
  ({ type: 'listing.published', data: { revision }, step: `review/${review._id}/published` }) as const;

async function renewedEnd({ database, session, listing, days, at }: DecideReviewInput & MoveInput & { days: number }) {
  const settings = await findListingSettings({ database, session, tenantId: listing.tenantId });
  const { timeZone } = settings;
  return setEnd({ lastDay: renewByApproval({ listing, days, timeZone, at }), settings, at });
}

async function firstTimes({
  database,
  session,
  listing: { tenantId, durationDays, lastDay: givenDay, category: slug },
  at,
}: Pick<DecideReviewInput, 'database' | 'session'> & MoveInput) {
  const settings = await findListingSettings({ database, session, tenantId });
  const category = await findCategory({ database, session, tenantId, slug });
  const { timeZone } = settings;
  const days = durationDays ?? category?.durationDays ?? settings.durationDays;
  const lastDay = givenDay ?? lastDayAfter({ at: at.toISOString(), timeZone, durationDays: days });
  return { publishedAt: at, givenLastDay: givenDay, ...setEnd({ lastDay, settings, at }) };
}

/**
 * Orders the mail about an approval, one for all listings of an owner that are approved within ten minutes. Returns the
 * key of the mail that names this one; null where the owner is nobody who gets mails.
 */
async function orderApprovalMail({
  database,
  session,
  listing: { _id: entityId, tenantId, correlationId, ownerUserId },
}: Pick<DecideReviewInput, 'database' | 'session'> & MoveInput): Promise<string | null> {
  if (ownerUserId === null) return null;
  return orderNotice({
    database,
    session,
    about: { tenantId, entityType: 'listing', entityId, correlationId },
    recipient: ownerUserId,
    mail: { template: 'listingsApproved', audience: 'person', to: null, data: { ownerUserId } },
    waitMs: APPROVALS_WAIT_MS,
    intervalMs: 0,
    settleMs: COLLECTED_SETTLE_MS,
  });
}

/** Returns the changes of a rejected listing, and the mail to its owner. Buyers see what they saw. */
function rejection({
  listing: { _id: listingId, state, ownerUserId, revision: newestRevision },
  revision,
  decision: { reviewer, reason, comment, fields },
  at,
}: MoveInput & { revision: number; decision: ReviewDecision }): Partial<StepInput> {
  return {
    ...(state === 'in_review' ? { to: 'rejected' } : {}),
    set: { reviewId: null, rejection: { revision, newestRevision, at, reviewer, reason, comment, fields } },
    ...(ownerUserId === null
      ? {}
      : {
          mails: [
            {
              template: 'listingRejection',
              key: `${listingId}/rejection/${revision}/${at.getTime()}`,
              audience: 'person',
              to: null,
              data: { revision },
            },
          ],
        }),
  };
}
