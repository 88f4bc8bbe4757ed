import type { ClientSession } from 'mongoose';
import type { DomainError } from '../../../domain/domain-error';
import { explainTakenRef, isTakenRef } from '../taken-ref';
import { findKeptItems } from './kept-items';
import { putSlice, refused, SliceBroken, type BatchItem, type ItemResult, type PutSliceInput } from './put-slice';

export interface PutListingsInput extends Omit<PutSliceInput, 'session' | 'at'> {
  /** The number of all items of the batch, also of those that are no listings. */
  count: number;
  /** Runs a transaction at the tenant's business time; may run `work` more than once. */
  inTransaction: <Result>(work: (session: ClientSession, at: Date) => Promise<Result>) => Promise<Result>;
}

const MAX_IN_TRANSACTION = 50;

/**
 * Creates or updates listings, 50 in a transaction; each is taken or refused on its own. Those that an earlier attempt
 * carried out are returned as they were then. The results are in the order of the items.
 */
export async function putListings(input: PutListingsInput): Promise<ItemResult[]> {
  const { database, batch, items, count } = input;
  const results: ItemResult[] = await findKeptItems({ database, batch, count });
  const kept = new Set(results.map(({ index }) => index));
  const waiting = items.filter(({ index }) => !kept.has(index));
  for (let next = 0; next < waiting.length; next += MAX_IN_TRANSACTION)
    results.push(...(await putTogether(input, waiting.slice(next, next + MAX_IN_TRANSACTION))));
  return results.toSorted((one, other) => one.index - other.index);
}

/** Carries out items in one transaction, and one by one those that cannot be part of it. */
async function putTogether(input: PutListingsInput, items: readonly BatchItem[]): Promise<ItemResult[]> {
  const alone = new Set<BatchItem>();
  const results: ItemResult[] = [];
  for (;;) {
    const together = items.filter((item) => !alone.has(item));
    if (together.length === 0) break;
    const { done, failures } = await attempt(input, together);
    results.push(...done);
    if (failures.size === 0) break;
    for (const item of failures.keys()) alone.add(item);
  }
  for (const item of items) {
    if (!alone.has(item)) continue;
    const { done, failures } = await attempt(input, [item]);
    results.push(...done, ...[...failures.values()].map((error) => refused(item, error)));
  }
  return results;
}

interface Attempt {
  done: ItemResult[];
  /** The items without which the transaction has to be tried again; nothing is done then. */
  failures: ReadonlyMap<BatchItem, DomainError>;
}

async function attempt(input: PutListingsInput, items: readonly BatchItem[]): Promise<Attempt> {
  try {
    const done = await input.inTransaction((session, at) => putSlice({ ...input, session, at, items }));
    return { done, failures: new Map() };
  } catch (error) {
    if (error instanceof SliceBroken) return { done: [], failures: error.failures };
    if (!isTakenRef(error)) throw error;
    const { database, batch } = input;
    const explained = items.map(
      async (item) => [item, await explainTakenRef({ database, tenantId: batch.tenantId, ref: item.ref! })] as const,
    );
    return { done: [], failures: new Map(await Promise.all(explained)) };
  }
}
