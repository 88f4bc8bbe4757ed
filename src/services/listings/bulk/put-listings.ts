import type { ClientSession } from 'mongoose';
import { DomainError } from '../../../domain/domain-error';
import { explainTakenRef, isTakenRef } from '../taken-ref';
import { AlreadyKept, findKeptItems } from './kept-items';
import { putSlice, SliceBroken, type BatchItem, type ItemResult, type PutSliceInput } from './put-slice';

export interface PutListingsInput extends Omit<PutSliceInput, 'session' | 'at'> {
  /** Runs a transaction at the tenant's business time; may run `work` more than once. */
  inTransaction: <Result>(work: (session: ClientSession, at: Date) => Promise<Result>) => Promise<Result>;
}

const MAX_IN_TRANSACTION = 50;
/** Attempts of a transaction that loses to other writers, before its items are divided. */
const MAX_ATTEMPTS = 2;

/**
 * Creates or updates listings, 50 in a transaction; each is taken or refused on its own. Those that an earlier attempt
 * carried out are returned as they were then.
 * @throws DomainError `REQUEST_IN_FLIGHT` while another attempt carries out the batch
 */
export async function putListings(input: PutListingsInput): Promise<ItemResult[]> {
  const { items } = input;
  const results: ItemResult[] = await findKeptItems(input);
  const waiting = without(items, results);
  for (let next = 0; next < waiting.length; next += MAX_IN_TRANSACTION)
    results.push(...(await put(input, waiting.slice(next, next + MAX_IN_TRANSACTION))));
  return results;
}

const without = (items: readonly BatchItem[], results: readonly ItemResult[]): BatchItem[] => {
  const ended = new Set(results.map(({ index }) => index));
  return items.filter(({ index }) => !ended.has(index));
};

/** Carries out items in one transaction, and those that cannot be part of it in further ones. */
async function put(input: PutListingsInput, items: readonly BatchItem[]): Promise<ItemResult[]> {
  if (items.length === 0) return [];
  // What changes one listing twice is carried out in its order, each change upon the one before.
  const together = items.filter(
    ({ ref }, place) => ref === null || items.findIndex((one) => one.ref === ref) === place,
  );
  const results = await putTogether(input, together);
  return [
    ...results,
    ...(await put(
      input,
      items.filter((item) => !together.includes(item)),
    )),
  ];
}

/** Carries out items with different refs. */
async function putTogether(input: PutListingsInput, items: readonly BatchItem[]): Promise<ItemResult[]> {
  try {
    return await attempt(input, items);
  } catch (error) {
    const [only] = items;
    if (error instanceof AlreadyKept) return putRest(input, items);
    if (items.length === 1 && only) return [refused(only, await refusalOf(input, only, error))];
    if (error instanceof SliceContended) return putDivided(input, halvesOf(items));
    // The others share a transaction, and each of these has one of its own.
    if (error instanceof SliceBroken) {
      const { failures } = error;
      const alone = [...failures.keys()].map((item) => [item]);
      return putDivided(input, [items.filter((item) => !failures.has(item)), ...alone]);
    }
    if (isTakenRef(error))
      return putDivided(
        input,
        items.map((item) => [item]),
      );
    throw error;
  }
}

/** Thrown to take back a transaction that keeps losing to other writers. */
class SliceContended extends Error {}

async function attempt(input: PutListingsInput, items: readonly BatchItem[]): Promise<ItemResult[]> {
  let attempts = 0;
  return input.inTransaction((session, at) => {
    attempts += 1;
    if (attempts > MAX_ATTEMPTS && items.length > 1) throw new SliceContended();
    return putSlice({ ...input, session, at, items });
  });
}

async function putDivided(input: PutListingsInput, parts: readonly (readonly BatchItem[])[]): Promise<ItemResult[]> {
  const results: ItemResult[] = [];
  for (const items of parts) results.push(...(items.length === 0 ? [] : await putTogether(input, items)));
  return results;
}

const halvesOf = (items: readonly BatchItem[]) => {
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)];
};

/** Carries out what another attempt has not. */
async function putRest(input: PutListingsInput, items: readonly BatchItem[]): Promise<ItemResult[]> {
  const kept = await findKeptItems({ ...input, items });
  if (kept.length === 0)
    throw new DomainError('REQUEST_IN_FLIGHT', 'Another request with this Idempotency-Key carries out the batch.');
  return [...kept, ...(await put(input, without(items, kept)))];
}

/** Returns the problem of an item that failed alone. @throws the error unless it refuses the item */
async function refusalOf({ database, batch }: PutListingsInput, item: BatchItem, error: unknown): Promise<DomainError> {
  if (error instanceof SliceBroken) return error.failures.get(item)!;
  if (!isTakenRef(error) || item.ref === null) throw error;
  return explainTakenRef({ database, tenantId: batch.tenantId, ref: item.ref });
}

const refused = ({ index }: BatchItem, error: DomainError): ItemResult => ({ index, outcome: 'refused', error });
