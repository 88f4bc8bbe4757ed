import type { ClientSession } from 'mongoose';
import type { Actor } from '../../domain/actor';
import { newId } from '../../domain/ids';
import { newContent, requireInCategory, type NewContentInput } from '../../domain/listings/content';
import { requireOneDuration, type ListingDuration } from '../../domain/listings/duration';
import { newestContent } from '../../domain/listings/edit-listing';
import { ownerKeyOf, referenceOf, refKeyOf, type ListingOwner } from '../../domain/listings/listing';
import type { Database } from '../../models/database';
import type { Listing } from '../../models/listings/listing';
import { acceptIdleEntities } from '../accept-entity';
import { insertDocuments } from '../insert-documents';
import { revisionOf } from './insert-revision';
import { requireLastDayOfPartner } from './last-day';
import { createListingLookups, type ListingLookups } from './listing-lookups';
import { requireOwner } from './require-owner';
import { duplicateKeysOf } from './text-hash';

export interface NewListingInput extends ListingDuration, ListingOwner {
  tenantId: string;
  content: NewContentInput;
  ref: string | null;
  correlationId: string;
  by: Actor;
  /** The tenant's business time. */
  at: Date;
}

export interface AcceptListingInput extends NewListingInput {
  database: Database;
  session: ClientSession;
}

/**
 * Writes a listing as a draft, with its first revision and its first event, inside the caller's transaction.
 * @throws DomainError as `newListing`; a MongoError for which `isTakenRef` returns true, where another listing has the
 *   `ref`.
 */
export async function acceptListing({ database, session, ...input }: AcceptListingInput): Promise<Listing> {
  const lookups = createListingLookups({ database, session, tenantId: input.tenantId });
  const listing = await newListing(input, lookups);
  await insertListings({ database, session, listings: [listing], by: input.by });
  return listing;
}

/**
 * Returns a listing as a draft, which is not stored yet.
 * @throws DomainError `INVALID_REQUEST` for the title, `CATEGORY_UNKNOWN`, `ATTRIBUTE_INVALID`, `CURRENCY_MISMATCH`,
 *   `PRICE_OUT_OF_BOUNDS`, `DURATION_INVALID`, `OWNER_INVALID`, `USER_UNKNOWN`, all pointing at their field
 */
export async function newListing(input: NewListingInput, lookups: ListingLookups): Promise<Listing> {
  const { tenantId, ownerUserId, durationDays, lastDay, at } = input;
  const [ownerRef, ref] = [referenceOf(input.ownerRef), referenceOf(input.ref)];
  requireOneDuration({ durationDays, lastDay });
  if (lastDay !== null) requireLastDayOfPartner({ settings: await lookups.settings(), lastDay, at });
  await requireOwner(input, lookups.hasUser);
  const content = newContent(input.content);
  requireInCategory({ content, category: await lookups.category(content.category) });

  const id = newId('listing');
  return {
    _id: id,
    tenantId,
    state: 'draft',
    version: 1,
    chain: null,
    correlationId: input.correlationId,
    createdAt: at,
    updatedAt: at,
    live: null,
    draft: content,
    category: content.category,
    ...duplicateKeysOf({ live: null, draft: content }),
    revision: 1,
    contentRevision: 1,
    ownerUserId,
    ownerRef,
    ownerKey: ownerKeyOf({ ownerUserId, ownerRef }),
    ref,
    refKey: refKeyOf({ id, ref }),
    durationDays,
    lastDay,
    publishedAt: null,
    approvedAt: null,
    approvalMail: null,
    noticeMail: null,
    expiresAt: null,
    endSetAt: null,
    remindedDays: null,
    nextNoticeAt: null,
    reviewId: null,
    rejection: null,
    suspension: null,
  };
}

export interface InsertListingsInput {
  database: Database;
  session: ClientSession;
  /** New listings, as `newListing` returns them. */
  listings: readonly Listing[];
  by: Actor;
}

/**
 * Writes new listings, each with its first revision and its first event, inside the caller's transaction.
 * @throws MongoError for which `isTakenRef` returns true, where another listing has a `ref`
 */
export async function insertListings({ database, session, listings, by }: InsertListingsInput): Promise<void> {
  await acceptIdleEntities({
    database,
    session,
    entityType: 'listing',
    entities: listings,
    event: { type: 'listing.created' },
    by,
  });
  const revisions = listings.map((listing) =>
    revisionOf({ listing, content: newestContent(listing), by, at: listing.createdAt }),
  );
  await insertDocuments({ model: database.models.listingRevisions, documents: revisions, session });
}
