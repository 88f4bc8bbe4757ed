import type { ClientSession } from 'mongoose';
import type { Actor } from '../../domain/actor';
import {
  categoryFields,
  requireInCategory,
  type ContentPatch,
  type ListingContent,
} from '../../domain/listings/content';
import { patchDuration, type ListingDuration } from '../../domain/listings/duration';
import { editListing } from '../../domain/listings/edit-listing';
import { listingStateAt } from '../../domain/listings/listing';
import { changedFields, differencesOf } from '../../domain/listings/revisions';
import type { Database } from '../../models/database';
import type { Listing } from '../../models/listings/listing';
import type { OutboxRow } from '../../models/outbox-row';
import { applyStep } from '../apply-step';
import { enterCategory, findCategory } from './find-category';
import { insertRevision } from './insert-revision';
import { requireLastDayOfPartner } from './last-day';
import { duplicateKeysOf } from './text-hash';
import { findListingSettings } from './partner-settings';
import { newReviewId } from './reviews/accept-review';
import { findReview } from './reviews/review-step';
import { supersedeReview } from './reviews/supersede-review';

export interface ChangeListingInput {
  database: Database;
  session: ClientSession;
  /** The listing as the transaction sees it. */
  listing: Listing;
  content: ContentPatch;
  /** A field that is left out stays, unless the other one is set. */
  duration: Partial<ListingDuration>;
  correlationId: string;
  by: Actor;
  /** The tenant's business time. */
  at: Date;
  /** Milliseconds for which the relay leaves the start of a new review to the caller. */
  startDelayMs?: number;
}

export interface ChangedListing {
  /** The listing as it is then; the same one where nothing changes. */
  listing: Listing;
  /** The start of the review of the new revision; null where none begins. */
  row: OutboxRow | null;
}

/**
 * Changes a listing within the caller's transaction: changed content becomes the next revision. While it is live the
 * partner's instant fields reach buyers, and the rest waits in the draft. Where a revision is under review, the review
 * of the next one takes its place, unless only instant fields changed: the text under review is the same then.
 * @throws DomainError `INVALID_REQUEST` for the title, `CATEGORY_UNKNOWN`, `ATTRIBUTE_INVALID`, `CURRENCY_MISMATCH`,
 *   `PRICE_OUT_OF_BOUNDS`, `DURATION_INVALID`, all pointing at their field
 */
export async function changeListing(input: ChangeListingInput): Promise<ChangedListing> {
  const { database, session, listing, by, at } = input;
  const { _id: entityId, tenantId, version } = listing;
  const state = listingStateAt(listing, at);
  const instantFields =
    state === 'live' ? (await findListingSettings({ database, session, tenantId })).instantFields : [];
  const edited = editListing({ ...listing, state, patch: input.content, instantFields });
  const duration = patchDuration({ listing, patch: input.duration });
  const inDuration = (['durationDays', 'lastDay'] as const).filter((field) => duration[field] !== listing[field]);
  const fields = [...edited.fields, ...inDuration];
  if (fields.length === 0) return { listing, row: null };

  const { lastDay } = duration;
  if (inDuration.includes('lastDay') && lastDay !== null)
    requireLastDayOfPartner({ settings: await findListingSettings({ database, session, tenantId }), lastDay, at });
  await requireCategories(input, edited);
  const isNewRevision = edited.fields.length > 0;
  const revision = listing.revision + (isNewRevision ? 1 : 0);
  const contentRevision = isNewRevision && !edited.isInstant ? revision : listing.contentRevision;
  const { live, draft, newest } = edited;
  const isReviewed = isNewRevision && listing.reviewId !== null;
  // A listing that is to be renewed is reviewed although the edit took every change back.
  const wantsReview = isReviewed && (draft !== null || (await isToBeRenewed(input)));
  const isReplaced = isReviewed && !(wantsReview && edited.isInstant);
  const reviewId = isReplaced ? (wantsReview ? newReviewId() : null) : listing.reviewId;
  const revisions = { revision, contentRevision, reviewId };
  const set = {
    live,
    draft,
    category: newest.category,
    ...duplicateKeysOf({ live, draft }),
    ...revisions,
    ...duration,
  };
  const changed = { ...listing, ...set };
  let row: OutboxRow | null = null;
  const step = await applyStep(
    database,
    {
      tenantId,
      entityType: 'listing',
      entityId,
      // Each version can be left only once: a slower writer conflicts, and its retry starts from the next version.
      step: `update/${version}`,
      from: [listing.state],
      set,
      at: at.toISOString(),
      by,
      event: { type: 'listing.updated', data: { fields, revision } },
      alongside: async (within, changedAt) => {
        if (isNewRevision)
          await insertRevision({ database, session: within, listing: changed, content: newest, by, at: changedAt });
        if (isReplaced)
          row = await supersedeReview({ ...input, session: within, before: listing, listing: changed, at: changedAt });
      },
    },
    session,
  );
  return { listing: { ...changed, version: step.version, updatedAt: new Date(step.at) }, row };
}

/** Returns true where the open review of a listing also renews it. */
async function isToBeRenewed({ database, session, listing }: ChangeListingInput): Promise<boolean> {
  const { tenantId, reviewId } = listing;
  const review = await findReview({ database, session, change: { tenantId, reviewId: String(reviewId) } });
  return Boolean(review.renewDays);
}

interface Contents {
  live: ListingContent | null;
  newest: ListingContent;
}

/** Checks each content whose category, attributes or price change by the rules of its category. */
async function requireCategories(
  { database, session, listing }: ChangeListingInput,
  { live, newest }: Contents,
): Promise<void> {
  const { tenantId } = listing;
  const changes = [
    { before: listing.draft ?? listing.live, content: newest, isShown: false },
    { before: listing.live, content: live, isShown: true },
  ];
  for (const { before, content, isShown } of changes) {
    if (!before || !content) continue;
    const changed = changedFields(differencesOf(before, content));
    if (!categoryFields.some((field) => changed.includes(field))) continue;
    const find = changed.includes('category') ? enterCategory : findCategory;
    const category = await find({ database, session, tenantId, slug: content.category });
    requireInCategory({ content, category, changed, isShown });
  }
}
