import { setImmediate as otherWork } from 'node:timers/promises';
import type { ClientSession } from 'mongoose';
import type { Actor } from '../../../domain/actor';
import { DomainError } from '../../../domain/domain-error';
import type { NewContentInput } from '../../../domain/listings/content';
import type { ListingDuration } from '../../../domain/listings/duration';
import { keyOfRef, type ListingOwner } from '../../../domain/listings/listing';
import type { Database } from '../../../models/database';
import type { Listing } from '../../../models/listings/listing';
import { insertListings, newListing } from '../accept-listing';
import { changeListing } from '../change-listing';
import { createListingLookups } from '../listing-lookups';
import { submitListing } from '../submit-listing';
import { takenRef } from '../taken-ref';
import { isStillRejected } from './still-rejected';
import { keepItems, type Batch, type KeptItem } from './kept-items';

export type BatchMode = 'create' | 'upsert';

/** A listing of a batch, as it was sent; what was left out is undefined. */
export interface BatchItem extends Partial<ListingDuration>, Partial<ListingOwner> {
  /** The place of the item in the batch. */
  index: number;
  content: NewContentInput;
  ref: string | null;
}

export interface RefusedItem {
  index: number;
  outcome: 'refused';
  error: DomainError;
}

export type ItemResult = KeptItem | RefusedItem;

export const refused = ({ index }: BatchItem, error: DomainError): RefusedItem => ({
  index,
  outcome: 'refused',
  error,
});

/** Thrown to take back a transaction in which items failed, perhaps after they had written. */
export class SliceBroken extends Error {
  readonly failures: ReadonlyMap<BatchItem, DomainError>;

  constructor(failures: ReadonlyMap<BatchItem, DomainError>) {
    super(`${failures.size} items of a batch failed`);
    this.failures = failures;
  }
}

export interface PutSliceInput {
  database: Database;
  session: ClientSession;
  batch: Batch;
  mode: BatchMode;
  /** True to submit each listing for review. */
  submit: boolean;
  /** No two of them have the same `ref`. */
  items: readonly BatchItem[];
  correlationId: string;
  by: Actor;
  /** The tenant's business time. */
  at: Date;
}

/** What became of an item, and its listing. */
interface Put {
  item: BatchItem;
  outcome: KeptItem['outcome'];
  listing: Listing;
}

/**
 * Creates or updates listings within the caller's transaction, and records that.
 * @throws SliceBroken for items that cannot share the transaction; MongoError for which `isTakenRef` returns true,
 *   where a listing that is being written has a `ref`
 */
export async function putSlice(input: PutSliceInput): Promise<ItemResult[]> {
  const known = await findByRefs(input);
  const failures = new Map<BatchItem, DomainError>();
  const { puts, refusals } = await createNew(input, known);
  for (const item of input.items) {
    const listing = item.ref === null || input.mode === 'create' ? undefined : known.get(item.ref);
    if (listing) await tryItem(failures, item, async () => puts.push(await update(input, item, listing)));
  }
  if (input.submit) for (const put of puts) await tryItem(failures, put.item, async () => submit(input, put));
  if (failures.size > 0) throw new SliceBroken(failures);
  const items = puts.map(({ item: { index }, outcome, listing }) => ({ index, outcome, listingId: listing._id }));
  await keepItems({ ...input, items });
  await stampAgain(input, puts);
  return [...items, ...refusals];
}

/**
 * Sets the time of the write of every listing again, as the last thing before the commit: who follows the changes would
 * miss the first ones of a slow batch. Listings that are only inserted are written together.
 */
async function stampAgain({ database, session, batch, submit }: PutSliceInput, puts: readonly Put[]): Promise<void> {
  const changed = puts.filter(({ outcome }) => outcome !== 'unchanged');
  if (!submit && changed.every(({ outcome }) => outcome === 'created')) return;
  const ids = changed.map(({ listing }) => listing._id);
  const touchedAt = new Date();
  await database.models.listings.updateMany(
    { _id: { $in: ids }, tenantId: batch.tenantId },
    { $set: { touchedAt } },
    { session },
  );
}

async function tryItem(
  failures: Map<BatchItem, DomainError>,
  item: BatchItem,
  act: () => Promise<unknown>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    failures.set(item, error);
  }
}

async function findByRefs({ database, session, batch, items }: PutSliceInput): Promise<Map<string, Listing>> {
  const refKeys = items.flatMap(({ ref }) => (ref === null ? [] : [keyOfRef(ref)]));
  if (refKeys.length === 0) return new Map();
  const found = await database.models.listings
    .find({ tenantId: batch.tenantId, refKey: { $in: refKeys } })
    .session(session)
    .lean();
  return new Map(found.map((listing) => [listing.ref!, listing]));
}

/** Inserts the listings of the items whose `ref` is new. An item is refused here before anything of it is written. */
async function createNew(
  input: PutSliceInput,
  known: ReadonlyMap<string, Listing>,
): Promise<{ puts: Put[]; refusals: RefusedItem[] }> {
  const { database, session, batch, mode, correlationId, by, at } = input;
  const { tenantId } = batch;
  const lookups = createListingLookups({ database, session, tenantId });
  const puts: Put[] = [];
  const refusals: RefusedItem[] = [];
  for (const item of input.items) {
    const { ref, ownerUserId = null, ownerRef = null, durationDays = null, lastDay = null, content } = item;
    const holder = ref === null ? undefined : known.get(ref);
    if (holder) {
      if (mode === 'create') refusals.push({ index: item.index, outcome: 'refused', error: takenRef(holder._id) });
      continue;
    }
    // The hash of a long text takes milliseconds, that of odd signs tens, and a slice has fifty.
    await otherWork();
    try {
      const owner = { ownerUserId, ownerRef };
      const about = { tenantId, correlationId, by, at };
      const listing = await newListing({ ...about, ...owner, content, ref, durationDays, lastDay }, lookups);
      puts.push({ item, outcome: 'created', listing });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      refusals.push({ index: item.index, outcome: 'refused', error });
    }
  }
  if (puts.length > 0) await insertListings({ database, session, listings: puts.map(({ listing }) => listing), by });
  return { puts, refusals };
}

async function update(input: PutSliceInput, item: BatchItem, before: Listing): Promise<Put> {
  const { durationDays, lastDay, content } = item;
  requireSameOwner(item, before);
  const { listing } = await changeListing({
    ...input,
    listing: before,
    content,
    duration: { durationDays, lastDay },
  });
  return { item, outcome: listing === before ? 'unchanged' : 'updated', listing };
}

function requireSameOwner(item: BatchItem, listing: Listing): void {
  for (const field of ['ownerUserId', 'ownerRef'] as const)
    if (item[field] !== undefined && item[field] !== listing[field])
      throw new DomainError(
        'OWNER_INVALID',
        `The listing has another owner, which never changes: leave ${field} out.`,
        {
          pointer: `/${field}`,
        },
      );
}

/**
 * Submits a listing, unless there is nothing to submit: its draft is under review already, buyers see it, or a reviewer
 * has rejected it as it is.
 */
async function submit(input: PutSliceInput, put: Put): Promise<void> {
  const { listing } = put;
  if (listing.draft === null || listing.reviewId !== null) return;
  if (await isStillRejected({ ...input, listing })) return;
  await submitListing({ ...input, listing, submittedBy: null });
  if (put.outcome === 'unchanged') put.outcome = 'updated';
}
