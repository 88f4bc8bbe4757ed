import type { AdvanceStepInput, FinishAdvanceInput } from '../../contracts/sandbox/sandbox-clock';
import { DomainError } from '../../domain/domain-error';
import { idPrefixes } from '../../domain/ids';
import { hopsOf } from '../../domain/sandbox/sandbox-clock';
import type { Database } from '../../models/database';
import type { Operation } from '../../models/sandbox/operation';

interface AdvanceStep extends AdvanceStepInput {
  database: Database;
}

/** A run that was started by hand with the id of another operation claims nothing. */
const ofAdvance = { type: 'advance_clock' } as const;

/** Null for an advance that no run has claimed. */
type Owned<Step> = Omit<Step, 'chain'> & { chain: string | null };

const runningOf = ({ tenantId, operationId, chain }: Owned<AdvanceStepInput>) =>
  ({ ...ofAdvance, _id: operationId, tenantId, state: 'running', chain }) as const;

/** Makes a workflow chain the owner of the operation. */
export async function claimAdvance({ database, tenantId, operationId, chain }: AdvanceStep): Promise<void> {
  await database.models.operations.updateOne(
    { ...ofAdvance, _id: operationId, tenantId, chain: null },
    { $set: { chain }, $inc: { version: 1 } },
  );
}

/** Returns the operation. Throws `ENTITY_NOT_OURS` unless it is running and the chain owns it. */
export async function findRunningAdvance({ database, ...step }: AdvanceStep): Promise<Operation> {
  const operation = await database.models.operations.findOne(runningOf(step)).lean();
  if (!operation) throw notOurs(step);
  return operation;
}

/**
 * Records in one transaction that every process has reached the hop, and the tenant's clock with it. The clock never
 * goes back.
 */
export async function recordHop({ database, reachedMs, ...step }: AdvanceStep & { reachedMs: number }): Promise<void> {
  const { models } = database;
  const { tenantId } = step;
  const { from, target, offsets } = await findRunningAdvance({ database, ...step });
  const reached = new Date(from.getTime() + (reachedMs - offsets.fromMs));
  const fired = await countFired({ database, ...step });
  await database.inTransaction(async (session) => {
    const updatedAt = new Date();
    const { matchedCount } = await models.operations.updateOne(
      runningOf(step),
      {
        $set: {
          reached,
          'offsets.reachedMs': reachedMs,
          hops: hopsOf({ from, target, reached }),
          fired,
          updatedAt: new Date(updatedAt.getTime() + reachedMs),
        },
        $inc: { version: 1 },
      },
      { session },
    );
    if (matchedCount === 0) throw notOurs(step);
    await models.sandboxClocks.updateOne(
      { _id: tenantId, advancing: step.operationId },
      { $max: { offsetMs: reachedMs }, $set: { updatedAt } },
      { session },
    );
  });
}

/** Ends the operation, and lets the next one begin. Does nothing when the operation has ended already. */
export async function finishAdvance({
  database,
  failure,
  ...step
}: Owned<FinishAdvanceInput> & { database: Database }): Promise<void> {
  const { operations, sandboxClocks } = database.models;
  const fired = await countFired({ database, ...step });
  await database.inTransaction(async (session) => {
    const operation = await operations.findOne(runningOf(step)).session(session).lean();
    if (!operation) return;
    const updatedAt = new Date(Date.now() + operation.offsets.reachedMs);
    await operations.updateOne(
      runningOf(step),
      { $set: { state: failure ? 'failed' : 'completed', failure, fired, updatedAt }, $inc: { version: 1 } },
      { session },
    );
    await sandboxClocks.updateOne(
      { _id: step.tenantId, advancing: step.operationId },
      { $set: { advancing: null } },
      { session },
    );
  });
}

/**
 * Returns the events recorded since the operation was accepted. Ids of one moment differ in their prefix only, so the
 * operation's own id marks the first event.
 */
async function countFired({ database, tenantId, operationId }: Owned<AdvanceStep>): Promise<Operation['fired']> {
  const since = `${idPrefixes.event}${operationId.slice(idPrefixes.operation.length)}`;
  const counts = await database.models.events.aggregate<{ _id: string; count: number }>([
    { $match: { tenantId, _id: { $gt: since } } },
    { $group: { _id: '$type', count: { $sum: 1 } } },
    { $sort: { _id: 1 } },
  ]);
  return counts.map(({ _id, count }) => ({ type: _id, count }));
}

const notOurs = ({ operationId }: AdvanceStepInput): DomainError =>
  new DomainError(
    'ENTITY_NOT_OURS',
    `The operation ${operationId} is not running, or another run of its workflow owns it`,
  );
