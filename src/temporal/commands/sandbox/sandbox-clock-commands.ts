import type { ClientSession } from 'mongoose';
import { advanceClockProcess } from '../../../contracts/sandbox/process';
import type { Actor } from '../../../domain/actor';
import { DomainError } from '../../../domain/domain-error';
import { newId } from '../../../domain/ids';
import { advanceTarget, hopsOf } from '../../../domain/sandbox/sandbox-clock';
import { tenantOf } from '../../../domain/tenant';
import type { Database } from '../../../models/database';
import { isDuplicateKey } from '../../../models/duplicate-key';
import { insertDocuments } from '../../../services/insert-documents';
import { newStartRow, OWN_SEND_MS } from '../../../services/new-outbox-row';
import type { Operation } from '../../../models/sandbox/operation';
import type { OutboxRow } from '../../../models/outbox-row';
import { requireNoReset } from '../../../services/sandbox/while-resetting';

export interface AcceptAdvanceInput {
  database: Database;
  session: ClientSession;
  tenantId: string;
  /** ISO 8601 duration; its calendar units are counted on the calendar of the partner's time zone. */
  by: string;
  actor: Actor;
  /** Real time; the tenant's time follows from the offset that the transaction reads. */
  realNow: Date;
  correlationId: string;
}

/**
 * Writes the operation and the start of its workflow, in the caller's transaction. Send the row with
 * `WorkflowStarter.startSoon` after the commit. Call `requireTimeSkipping` before.
 *
 * @throws DomainError `FORBIDDEN` for a live tenant, `INVALID_REQUEST` and `INSTANT_TOO_LATE` at `/by`,
 *   `CLOCK_ADVANCING` while another advance of the tenant runs (`conflictsWith` its id), `SANDBOX_RESETTING` while a
 *   reset runs.
 */
export async function acceptAdvance({
  database,
  session,
  tenantId,
  by,
  actor,
  realNow,
  correlationId,
}: AcceptAdvanceInput): Promise<{ operation: Operation; row: OutboxRow }> {
  requireSandbox(tenantId);
  const { models } = database;
  const clock = await models.sandboxClocks.findById(tenantId).session(session).lean();
  // An advance and a reset both write the clock's document, so neither can start while the other runs.
  requireNoReset(clock);
  if (clock?.advancing) throw alreadyAdvancing(clock.advancing);
  const partner = await models.partners.findById(tenantOf(tenantId).partnerId, { timeZone: 1 }).session(session).lean();
  const fromMs = clock?.offsetMs ?? 0;
  const now = new Date(realNow.getTime() + fromMs);
  const target = advanceTarget({ by, from: now, realNow, timeZone: partner?.timeZone ?? 'UTC' });
  const operation: Operation = {
    _id: newId('operation'),
    tenantId,
    type: 'advance_clock',
    state: 'running',
    version: 1,
    chain: null,
    correlationId,
    createdAt: now,
    updatedAt: now,
    from: now,
    target,
    reached: now,
    offsets: { fromMs, targetMs: fromMs + (target.getTime() - now.getTime()), reachedMs: fromMs },
    hops: hopsOf({ from: now, target, reached: now }),
    fired: [],
    failure: null,
    sweep: null,
    by: actor,
  };
  const row = newStartRow({ process: advanceClockProcess, entity: operation, delayMs: OWN_SEND_MS });
  // If another advance came first, the filter matches nothing and the upsert violates the tenant's unique key.
  await models.sandboxClocks
    .updateOne(
      { _id: tenantId, advancing: null },
      { $set: { advancing: operation._id, updatedAt: new Date() }, $setOnInsert: { tenantId, offsetMs: 0 } },
      { upsert: true, session },
    )
    .catch((error: unknown) => {
      throw isDuplicateKey(error) ? alreadyAdvancing() : error;
    });
  await insertDocuments({ model: models.operations, documents: [operation], session });
  await insertDocuments({ model: models.outbox, documents: [row], session });
  return { operation, row };
}

/**
 * Returns the tenant's time, its lead over real time, and the running advance, if any.
 *
 * @throws DomainError `FORBIDDEN` for a live tenant.
 */
export async function readSandboxClock({
  database,
  tenantId,
}: {
  database: Database;
  tenantId: string;
}): Promise<{ now: Date; offsetMs: number; advancing: Operation | null }> {
  requireSandbox(tenantId);
  const { operations, sandboxClocks } = database.models;
  const clock = await sandboxClocks.findById(tenantId).lean();
  const { offsetMs, advancing } = clock ?? { offsetMs: 0, advancing: null };
  return {
    now: new Date(Date.now() + offsetMs),
    offsetMs,
    advancing: advancing === null ? null : await operations.findOne({ _id: advancing, tenantId }).lean(),
  };
}

/** @throws DomainError `FORBIDDEN` for a live tenant. */
export function requireSandbox(tenantId: string): void {
  if (tenantOf(tenantId).mode !== 'sandbox')
    throw new DomainError('FORBIDDEN', 'Only a sandbox has a clock that can be moved. Use a sandbox key.');
}

const alreadyAdvancing = (conflictsWith?: string): DomainError =>
  new DomainError(
    'CLOCK_ADVANCING',
    'The clock is being advanced already. Wait for that operation to end.',
    conflictsWith === undefined ? {} : { conflictsWith },
  );
