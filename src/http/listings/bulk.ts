import type { EgressPolicy } from '../../domain/egress/egress-policy';
import type { NewContentInput } from '../../domain/listings/content';
import { referenceOf } from '../../domain/listings/listing';
import { requireImageUrls } from '../../domain/listings/images';
import { DomainError } from '../../domain/domain-error';
import { tenantOf } from '../../domain/tenant';
import type { Database } from '../../models/database';
import { putListings } from '../../services/listings/bulk/put-listings';
import type { BatchItem, BatchMode, ItemResult } from '../../services/listings/bulk/put-slice';
import { actorOf } from '../actor-of';
import type { Handlers } from '../handler';
import { BrokenLine } from '../pipeline/input/read-lines';
import type { RequireSchema } from '../pipeline/input/validate';
import { RequestProblem } from '../problem';
import { problemOf } from '../problems';
import { batchTerms } from '../replies/batch';
import { changeInTransaction } from '../replies/change-in-transaction';
import type { Idempotency } from '../replies/idempotency';
import type { Turns } from '../replies/turns';

export interface BulkListingHandlersInput {
  database: Database;
  idempotency: Idempotency;
  turns: Turns;
  requireSchema: RequireSchema;
  egressPolicy: EgressPolicy;
}

/** Creates and updates listings by the thousand. */
export function bulkListingHandlers(input: BulkListingHandlersInput): Handlers<'bulkListings'> {
  const { database, idempotency, turns, requireSchema, egressPolicy: policy } = input;
  return {
    async bulkListings(call) {
      const { tenantId, caller, correlationId, body, query, fingerprint } = call;
      const { mode, submit } = body;
      requireAsInBody('mode', query.mode, mode);
      requireAsInBody('submit', query.submit, String(submit));
      return idempotency.commandOnce({
        call,
        batch: batchTerms,
        async send(commandId, extendLock) {
          const { items, refusals } = readItems({
            sent: body.items,
            read: (value) => {
              const item = itemOf(requireSchema(schemas[mode], value) as SentItem);
              requireImageUrls({ images: item.content.images ?? [], mode: tenantOf(tenantId).mode, policy });
              return item;
            },
          });
          const results = await putListings({
            database,
            batch: { tenantId, commandId, fingerprint: fingerprint ?? '' },
            mode,
            submit,
            items,
            correlationId,
            by: actorOf(caller),
            async inTransaction(work) {
              // Batches of a tenant take turns, because they often have the same listings.
              return turns.run(`${tenantId}/bulk`, async () => {
                await extendLock();
                return changeInTransaction({ database, turns, contended: commandId, call, change: work });
              });
            },
          });
          return { status: 200, body: presentBatch([...results, ...refusals], correlationId) };
        },
      });
    },
  };
}

/** @throws RequestProblem where a query parameter, which is for NDJSON, says something else than the JSON body */
function requireAsInBody(parameter: string, inQuery: string | undefined, inBody: string): void {
  if (inQuery === undefined || inQuery === inBody) return;
  const detail = 'stands in the query and, differently, in the body: send it in the body only, unless that is NDJSON';
  throw new RequestProblem('INVALID_PARAMETER', `${parameter} ${detail}.`, {
    errors: [{ parameter, rule: 'once', detail }],
  });
}

interface Refusal {
  index: number;
  outcome: 'refused';
  error: DomainError;
}

const schemas: Record<BatchMode, string> = { create: 'ListingCreate', upsert: 'ListingUpsert' };

interface ReadItemsInput {
  sent: readonly unknown[];
  /** @throws DomainError for a value that is no item */
  read: (value: unknown) => Omit<BatchItem, 'index'>;
}

/** Returns the items that match the contract, and what the others lack. */
function readItems({ sent, read }: ReadItemsInput): { items: BatchItem[]; refusals: Refusal[] } {
  const items: BatchItem[] = [];
  const refusals: Refusal[] = [];
  for (const [index, value] of sent.entries()) {
    try {
      if (value instanceof BrokenLine) throw value.problem;
      items.push({ index, ...read(value) });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      refusals.push({ index, outcome: 'refused', error });
    }
  }
  return { items, refusals };
}

interface SentItem extends NewContentInput, Partial<Pick<BatchItem, 'ownerUserId' | 'ownerRef' | 'ref'>> {
  durationDays?: number | null;
  lastDay?: string | null;
}

const itemOf = ({ ownerUserId, ownerRef, ref, durationDays, lastDay, ...content }: SentItem) => ({
  ownerUserId,
  ownerRef: ownerRef === undefined ? undefined : referenceOf(ownerRef),
  ref: referenceOf(ref ?? null),
  durationDays,
  lastDay,
  content,
});

function presentBatch(results: readonly ItemResult[], correlationId: string) {
  const counts = { created: 0, updated: 0, unchanged: 0, refused: 0 };
  for (const { outcome } of results) counts[outcome] += 1;
  const items = results
    .toSorted((one, other) => one.index - other.index)
    .map((result) =>
      result.outcome === 'refused'
        ? { index: result.index, outcome: result.outcome, problem: problemOfItem(result.error, correlationId) }
        : { index: result.index, outcome: result.outcome, id: result.listingId },
    );
  return { items, counts };
}

/** Faults of one item that a response names: with all faults of a thousand items it could not be kept. */
const MAX_FAULTS = 5;

function problemOfItem(error: DomainError, correlationId: string) {
  const { errors, ...body } = problemOf({ error, correlationId }).body;
  return errors === undefined ? body : { ...body, errors: errors.slice(0, MAX_FAULTS) };
}
