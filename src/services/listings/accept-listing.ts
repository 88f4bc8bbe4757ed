import type { ClientSession } from 'mongoose';
import type { Actor } from '../../domain/actor';
import { newId } from '../../domain/ids';
import { newContent, requireInCategory, type NewContentInput } from '../../domain/listings/content';
import { requireOneDuration, type ListingDuration } from '../../domain/listings/duration';
import { ownerKeyOf, refKeyOf, type ListingOwner } from '../../domain/listings/listing';
import type { Database } from '../../models/database';
import type { Listing } from '../../models/listings/listing';
import { acceptIdleEntity } from '../accept-entity';
import { findCategory } from './find-category';
import { insertRevision } from './insert-revision';
import { requireLastDayOfTenant } from './last-day';
import { requireOwner } from './require-owner';
import { textHashOf } from './text-hash';

export interface AcceptListingInput extends ListingDuration, ListingOwner {
  database: Database;
  session: ClientSession;
  tenantId: string;
  content: NewContentInput;
  ref: string | null;
  correlationId: string;
  by: Actor;
  /** The tenant's business time. */
  at: Date;
}

/**
 * Writes a listing as a draft, with its first revision and its first event, inside the caller's transaction.
 * @throws DomainError `INVALID_REQUEST` for the title, `CATEGORY_UNKNOWN`, `ATTRIBUTE_INVALID`, `CURRENCY_MISMATCH`,
 *   `PRICE_OUT_OF_BOUNDS`, `DURATION_INVALID`, `OWNER_INVALID`, `USER_UNKNOWN`, all pointing at their field; a
 *   MongoError for which `isTakenRef` returns true, where another listing has the `ref`.
 */
export async function acceptListing(input: AcceptListingInput): Promise<Listing> {
  const { database, session, tenantId, ownerUserId, ownerRef, ref, durationDays, lastDay, by, at } = input;
  requireOneDuration({ durationDays, lastDay });
  if (lastDay !== null) await requireLastDayOfTenant({ database, session, tenantId, lastDay, at });
  await requireOwner(input);
  const content = newContent(input.content);
  requireInCategory({ content, category: await findCategory({ database, session, tenantId, slug: content.category }) });

  const id = newId('listing');
  const listing: Listing = {
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
    textHash: textHashOf(content),
    revision: 1,
    ownerUserId,
    ownerRef,
    ownerKey: ownerKeyOf({ ownerUserId, ownerRef }),
    ref,
    refKey: refKeyOf({ id, ref }),
    durationDays,
    lastDay,
    publishedAt: null,
    approvedAt: null,
    expiresAt: null,
    reviewId: null,
    rejection: null,
    suspension: null,
  };
  await acceptIdleEntity({
    database,
    session,
    entityType: 'listing',
    entity: listing,
    event: { type: 'listing.created' },
    by,
  });
  await insertRevision({ database, session, listing, content, by, at });
  return listing;
}
