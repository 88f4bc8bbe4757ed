import { listingExpirationId } from '../../../contracts/listings/expiration';
import type { OrderedBackfill } from '../../../contracts/operation';
import { reportBackfillId } from '../../../contracts/reports/report-schedules';
import { advanceClockId } from '../../../contracts/sandbox/sandbox-clock';
import type { Database } from '../../../models/database';
import { acceptSweep } from '../../../services/listings/sweep/sweep-operation';
import { acceptAdvance } from '../../../temporal/commands/sandbox/sandbox-clock-commands';
import { silent } from '../../../testing/queue-test-bed';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { seedPartner } from '../../../testing/worlds/seed-partner';
import { createOperationReconciler } from '../reconcile-operations';
import { visibleWorkflows } from './visible-workflows';

let database: Database;
let drop: () => Promise<void>;
const workflows = visibleWorkflows();
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
beforeEach(async () => {
  workflows.clear();
  await database.models.operations.deleteMany({});
});
afterAll(() => drop());

const by = { kind: 'operator', id: null } as const;

async function newAdvance(): Promise<[operationId: string, workflowId: string, tenantId: string]> {
  const { tenantId } = await seedPartner({ database });
  const order = { database, tenantId, by: 'P1D', actor: by, realNow: new Date(), correlationId: 'c-1' };
  const { operation } = await database.inTransaction((session) => acceptAdvance({ ...order, session }));
  return [operation._id, advanceClockId({ tenantId, operationId: operation._id }), tenantId];
}

async function newSweep(): Promise<[operationId: string, workflowId: string]> {
  const order = { database, tenantId: 'operator', partnerId: null, dryRun: false, correlationId: 'c-1', by };
  const { operation } = await database.inTransaction((session) => acceptSweep({ ...order, session, at: new Date() }));
  return [operation._id, listingExpirationId(operation._id)];
}

/** Takes the start out of the outbox, and lets a run of the workflow claim its operation. */
async function started(operationId: string, workflowId: string): Promise<void> {
  const done = { $set: { pending: [], doneAt: new Date() }, $unset: { open: 1 } } as const;
  await database.models.outbox.updateMany({ entityId: operationId }, done);
  await database.models.operations.updateOne({ _id: operationId }, { $set: { chain: 'run-1' } });
  workflows.begin(workflowId);
}
const run = () => createOperationReconciler({ database, processes: workflows.processes, logger: silent })();
const read = (operationId: string) => database.models.operations.findById(operationId).lean().orFail();

it('an advance that was terminated in Temporal fails, and its tenant can advance again', async () => {
  const [operationId, workflowId, tenantId] = await newAdvance();
  await started(operationId, workflowId);
  workflows.end(workflowId);
  expect(await run()).toEqual({ ended: 1 });
  const failure = { code: 'INTERNAL', workflowId, detail: expect.stringContaining('ended in Temporal from outside') };
  expect(await read(operationId)).toMatchObject({ state: 'failed', failure });
  expect(await database.models.sandboxClocks.findById(tenantId).lean()).toMatchObject({ advancing: null });
  expect(await run()).toEqual({ ended: 0 });
});

it('a sweep that was terminated in Temporal fails, and keeps its counts', async () => {
  const [operationId, workflowId] = await newSweep();
  await started(operationId, workflowId);
  await database.models.operations.updateOne({ _id: operationId }, { $set: { 'sweep.counts.expired': 3 } });
  workflows.end(workflowId);
  expect(await run()).toEqual({ ended: 1 });
  const fired = [{ type: 'listing.expired', count: 3 }];
  expect(await read(operationId)).toMatchObject({ state: 'failed', failure: { workflowId }, fired });
});

it('a backfill that was terminated in Temporal fails, but not while its reports are made', async () => {
  const { tenantId } = await seedPartner({ database });
  const backfill = { scheduleId: 'rsc_1', accepted: 2, isAccepted: true } as OrderedBackfill;
  const operations = await Promise.all(
    [true, false].map(async (isAccepted) => {
      const [operationId] = await newSweep();
      const set = { tenantId, type: 'backfill_reports', backfill: { ...backfill, isAccepted }, sweep: null } as const;
      await database.models.operations.updateOne({ _id: operationId }, { $set: set });
      await started(operationId, reportBackfillId(operationId));
      workflows.end(reportBackfillId(operationId));
      return operationId;
    }),
  );
  expect(await run()).toEqual({ ended: 1 });
  const states = await Promise.all(operations.map(async (id) => (await read(id)).state));
  expect(states).toEqual(['running', 'failed']);
});

it('an operation whose start was never carried out fails too', async () => {
  const [operationId] = await newSweep();
  await database.models.outbox.updateMany({ entityId: operationId }, { $set: { pending: [] }, $unset: { open: 1 } });
  expect(await run()).toEqual({ ended: 1 });
  expect(await read(operationId)).toMatchObject({ state: 'failed', chain: null });
});

it('an operation that waits for its start, runs, or ends meanwhile is left alone', async () => {
  const [waiting] = await newSweep();
  const [running, runningId] = await newAdvance();
  await started(running, runningId);
  expect(await run()).toEqual({ ended: 0 });

  const completing = async (): Promise<boolean> => {
    await database.models.operations.updateOne({ _id: running }, { $set: { state: 'completed' } });
    return false;
  };
  await createOperationReconciler({ database, processes: { isRunning: completing }, logger: silent })();
  expect((await read(running)).state).toBe('completed');
  expect((await read(waiting)).state).toBe('running');
});
