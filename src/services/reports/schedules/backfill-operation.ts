import type { ClientSession, QueryFilter } from 'mongoose';
import type { OperationFailure } from '../../../contracts/operation';
import type { BackfillStep, FailBackfillInput } from '../../../contracts/reports/report-schedules';
import type { Database } from '../../../models/database';
import type { Operation } from '../../../models/sandbox/operation';
import { deliverGroup } from '../delivery/deliver-reports';

/** A run that was started by hand with the id of another operation claims nothing. */
export const ofBackfill = { type: 'backfill_reports' } as const;

/** The chain is null for a backfill that no run has claimed. */
type Owned<Step extends BackfillStep> = Omit<Step, 'chain' | 'correlationId'> & { chain: string | null };

/** Selects the operation while it runs and belongs to the chain. */
export const runningOf = ({ tenantId, operationId, chain }: Owned<BackfillStep>) =>
  ({ ...ofBackfill, _id: operationId, tenantId, state: 'running', chain }) as const;

interface EndedWindowInput {
  database: Database;
  /** The transaction that writes what became of the window. */
  session: ClientSession;
  tenantId: string;
  operationId: string;
  /** The tenant's time. */
  at: Date;
}

/** Counts a window whose report has ended; the last one completes the operation. */
export async function countEndedWindow(input: EndedWindowInput): Promise<void> {
  const { database, session, tenantId, operationId, at } = input;
  const counted = await database.models.operations
    .findOneAndUpdate(
      { ...ofBackfill, _id: operationId, tenantId, state: 'running' },
      { $inc: { 'hops.done': 1, version: 1 }, $set: { updatedAt: at } },
      { session, returnDocument: 'after' },
    )
    .lean();
  await completeIfDone(input, counted);
}

/** Records that every window is accepted; the operation is completed here where all of their reports have ended. */
export const finishAccepting = ({
  database,
  at,
  ...step
}: Owned<BackfillStep> & { database: Database; at: Date }): Promise<void> =>
  database.inTransaction(async (session) => {
    const { operations } = database.models;
    const operation = await operations.findOne(runningOf(step)).session(session).lean();
    if (!operation?.backfill) return;
    // Windows that were triggered meanwhile are not missing any more.
    const set = { 'hops.total': operation.backfill.accepted, 'backfill.isAccepted': true, updatedAt: at };
    const accepted = await operations
      .findOneAndUpdate(runningOf(step), { $set: set, $inc: { version: 1 } }, { session, returnDocument: 'after' })
      .lean();
    await completeIfDone({ database, session, at }, accepted);
    await deliverBackfill({ database, session }, operation);
  });

/** Orders the mails of a backfill whose last report has ended before; those of any other wait for that. */
const deliverBackfill = (
  within: Pick<EndedWindowInput, 'database' | 'session'>,
  { _id: group, tenantId, backfill }: Pick<Operation, '_id' | 'tenantId' | 'backfill'>,
): Promise<void> => deliverGroup({ ...within, tenantId, group, scheduleId: backfill?.scheduleId ?? null });

async function completeIfDone(
  { database, session, at }: Pick<EndedWindowInput, 'database' | 'session' | 'at'>,
  operation: Operation | null,
): Promise<void> {
  if (!operation?.backfill?.isAccepted || operation.hops.done < operation.hops.total) return;
  await database.models.operations.updateOne(
    { _id: operation._id },
    { $set: { state: 'completed', updatedAt: at }, $inc: { version: 1 } },
    { session },
  );
}

/** Ends a backfill that cannot go on; what was accepted is made all the same. Does nothing for one that has ended. */
export async function failBackfill({
  database,
  failure,
  at,
  ...step
}: Owned<FailBackfillInput> & { database: Database; at: Date }): Promise<void> {
  // A run may be cancelled before it has claimed the operation.
  const owned = { ...runningOf(step), chain: { $in: [null, step.chain] } };
  await database.inTransaction((session) => endBackfill({ database, session, at }, { owned, failure }));
}

/** Ends the backfill of a schedule that is deleted, within the transaction that deletes it. */
export async function endBackfillOf({
  database,
  session,
  tenantId,
  scheduleId,
  at,
}: Omit<EndedWindowInput, 'operationId'> & { scheduleId: string }): Promise<void> {
  const detail = 'The schedule was deleted. The reports that were accepted before are made all the same.';
  const owned = { tenantId, state: 'running' as const, 'backfill.scheduleId': scheduleId };
  const failure = { code: 'CANCELLED', detail, workflowId: null } as const;
  await endBackfill({ database, session, at }, { owned, failure });
}

async function endBackfill(
  { database, session, at }: Pick<EndedWindowInput, 'database' | 'session' | 'at'>,
  { owned, failure }: { owned: QueryFilter<Operation>; failure: OperationFailure },
): Promise<void> {
  const ended = await database.models.operations
    .findOneAndUpdate(owned, { $set: { state: 'failed', failure, updatedAt: at }, $inc: { version: 1 } }, { session })
    .lean();
  if (ended) await deliverBackfill({ database, session }, ended);
}
