import { Schema } from 'mongoose';
import type { ListingContent } from '../../domain/listings/content';
import type { StoredListingState } from '../../domain/listings/listing';
import type { ReviewDecision } from '../../domain/listings/review';
import { reconciledFields, reconciledOptions, type Entity } from '../schema-options';

/** A listing. It is deleted for good: its timeline stays, and ends with `listing.deleted`. */
export interface Listing extends Entity {
  state: StoredListingState;
  /** The content that buyers see, or saw; null before the listing is published. */
  live: ListingContent | null;
  /** The content that is being edited or reviewed; null where nothing differs from `live`. */
  draft: ListingContent | null;
  /** The slug of the category of the newest content, by which listings are found. */
  category: string;
  /** See `duplicateKeysOf`; finds listings with the same text. */
  textHashes: string[];
  /** See `duplicateKeysOf`; finds listings with the same image. */
  imageHashes: string[];
  /** The number of the newest revision; the first is 1. */
  revision: number;
  /** The newest revision with more than new values of instant fields that buyers see; a review is about it. */
  contentRevision: number;
  ownerUserId: string | null;
  ownerRef: string | null;
  /** See `ownerKeyOf`. */
  ownerKey: string | null;
  /** The partner's own key of the listing. */
  ref: string | null;
  /** See `refKeyOf`; never changes (decision 0014). */
  refKey: string;
  durationDays: number | null;
  /** ISO 8601 date in the partner's time zone; from the approval on the day that counts. */
  lastDay: string | null;
  /** The last day with which the listing was published; null where none was given, absent until then. */
  givenLastDay?: string | null;
  publishedAt: Date | null;
  /** The time of the last approval. */
  approvedAt: Date | null;
  /** The key of the mail that tells the owner of the last approval; null where there is none. */
  approvalMail: string | null;
  /** The key of the mail with the last notice of the present end; null before the first, or without a reader of it. */
  noticeMail: string | null;
  /** The instant after which the listing is over; null until it is published. */
  expiresAt: Date | null;
  /** The time at which the listing got its end: the first approval, or the last renewal; null until it is published. */
  endSetAt: Date | null;
  /** The days left that the last reminder of the present end named; null before the first. */
  remindedDays: number | null;
  /** The instant of the next notice to the owner (`nextNoticeOf`); null while none is planned. */
  nextNoticeAt: Date | null;
  /** The open review of the draft; null without one. */
  reviewId: string | null;
  /** The last rejection; null once a revision is approved. */
  rejection: ListingRejection | null;
  /** Null unless a reviewer has suspended the listing. */
  suspension: ListingSuspension | null;
}

/** A rejection as it is kept for the owner and for the next reviewer. */
export interface ListingRejection extends Pick<ReviewDecision, 'reviewer' | 'reason' | 'comment' | 'fields'> {
  revision: number;
  /** The newest revision by then, which has the content that was rejected; absent in older rejections. */
  newestRevision?: number;
  at: Date;
}

export interface ListingSuspension {
  /** The partner's own id of the person. */
  reviewer: string;
  reason: string;
  at: Date;
}

/** The name of the index of all versions. */
export const LISTING_VERSIONS_INDEX = 'versions';

/** The name of the index that refuses a `ref` for a second time. */
export const REF_INDEX = 'one_listing_per_ref';

/** No notice is planned before this instant; a query for planned notices names it, or a later one. */
export const FIRST_NOTICE = new Date(0);
const withNotice = { nextNoticeAt: { $gt: FIRST_NOTICE } };

export const listingSchema = new Schema<Listing>(
  {
    ...reconciledFields,
    live: { type: Schema.Types.Mixed, default: null },
    draft: { type: Schema.Types.Mixed, default: null },
    category: { type: String, required: true },
    textHashes: { type: [String], default: [] },
    imageHashes: { type: [String], default: [] },
    revision: { type: Number, required: true },
    contentRevision: { type: Number, required: true },
    ownerUserId: { type: String, default: null },
    ownerRef: { type: String, default: null },
    ownerKey: { type: String, default: null },
    ref: { type: String, default: null },
    refKey: { type: String, required: true },
    durationDays: { type: Number, default: null },
    lastDay: { type: String, default: null },
    givenLastDay: { type: String },
    publishedAt: { type: Date, default: null },
    approvedAt: { type: Date, default: null },
    approvalMail: { type: String, default: null },
    noticeMail: { type: String, default: null },
    expiresAt: { type: Date, default: null },
    endSetAt: { type: Date, default: null },
    remindedDays: { type: Number, default: null },
    nextNoticeAt: { type: Date, default: null },
    reviewId: { type: String, default: null },
    rejection: { type: Schema.Types.Mixed, default: null },
    suspension: { type: Schema.Types.Mixed, default: null },
  },
  { ...reconciledOptions, collection: 'listings' },
)
  .index({ tenantId: 1, refKey: 1 }, { unique: true, name: REF_INDEX })
  .index({ tenantId: 1, _id: -1 })
  .index({ tenantId: 1, state: 1, _id: -1 })
  .index({ tenantId: 1, category: 1, _id: -1 })
  .index({ tenantId: 1, expiresAt: 1, _id: 1 })
  .index({ tenantId: 1, category: 1, expiresAt: 1, _id: 1 })
  .index({ tenantId: 1, ownerKey: 1, expiresAt: 1, _id: 1 })
  .index({ tenantId: 1, state: 1, expiresAt: -1, _id: -1 })
  .index({ tenantId: 1, state: 1, category: 1, expiresAt: -1, _id: -1 })
  .index({ tenantId: 1, 'live.category': 1 })
  .index({ tenantId: 1, state: 1, category: 1, _id: -1 })
  .index({ tenantId: 1, ownerKey: 1, _id: -1 })
  .index({ tenantId: 1, textHashes: 1, ownerKey: 1, _id: 1 })
  .index({ tenantId: 1, imageHashes: 1, ownerKey: 1, _id: 1 })
  // Changes are followed by the real time of their writes: business time does not tell which came last.
  .index({ tenantId: 1, touchedAt: 1, _id: 1 })
  .index({ tenantId: 1, state: 1, touchedAt: 1, _id: 1 })
  .index({ tenantId: 1, category: 1, touchedAt: 1, _id: 1 })
  .index({ tenantId: 1, ownerKey: 1, touchedAt: 1, _id: 1 })
  .index(
    { tenantId: 1, approvalMail: 1, approvedAt: 1, _id: 1 },
    { partialFilterExpression: { approvalMail: { $type: 'string' } } },
  )
  .index(
    { tenantId: 1, noticeMail: 1, state: 1, expiresAt: 1, _id: 1 },
    { partialFilterExpression: { noticeMail: { $type: 'string' } } },
  )
  // The reconciler compares the versions with the search index, and reads no document for it.
  .index({ _id: 1, version: 1, state: 1, publishedAt: 1, tenantId: 1 }, { name: LISTING_VERSIONS_INDEX })
  // The sweep reads all tenants at once, and the advance of a sandbox's clock its own tenant.
  .index({ expiresAt: 1, _id: 1 }, { partialFilterExpression: { state: 'live' }, name: 'ends_of_live' })
  .index({ nextNoticeAt: 1, _id: 1 }, { partialFilterExpression: withNotice, name: 'planned_notices' })
  .index(
    { tenantId: 1, nextNoticeAt: 1, _id: 1 },
    { partialFilterExpression: withNotice, name: 'planned_notices_of_tenant' },
  );
