import { taskQueues } from '../../../src/contracts/task-queues';
import { reportBackfillId } from '../../../src/contracts/reports/report-schedules';
import { newId } from '../../../src/domain/ids';
import type { ReportScheduleRow } from '../../../src/models/reports/report-schedule';
import { acceptSchedule } from '../../../src/services/reports/schedules/accept-schedule';
import { acceptBackfill } from '../../../src/services/reports/schedules/accept-backfill';
import { ensureSlots } from '../../../src/services/reports/slots';
import { recordHistory } from '../../../src/testing/histories/record-history';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { advanceHere } from '../../../src/testing/worlds/advance-here';
import { tester } from '../../../src/testing/worlds/base-world';
import { openReportWorld, type ReportWorld } from './report-world';

const DAY_MS = 86_400_000;
const dayOf = (at: Date): number => Math.floor(at.getTime() / DAY_MS);

let world: ReportWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openReportWorld();
});
afterAll(() => world?.close());
beforeEach(() => world.database.models.reportSchedules.deleteMany({}));

const start = (workflowType: string, args: unknown[]) =>
  world.client.workflow.start(workflowType, {
    workflowId: `by-hand/${newId('operation')}`,
    taskQueue: taskQueues.reports,
    args,
  });
const sweep = () => start('reportSchedules', [{ isScheduled: true }]);

async function makeDaily(count: number, { tenantId = world.tenantId, at = new Date() } = {}): Promise<void> {
  const { database } = world;
  await ensureSlots({ database, tenantId });
  for (let made = 0; made < count; made += 1)
    await database.inTransaction((session) =>
      acceptSchedule({
        database,
        session,
        tenantId,
        request: { type: 'payments', period: 'day', at: '00:00', timeZone: 'UTC', formats: ['json'] },
        correlationId: 'test',
        by: tester,
        at,
        offsetMs: 0,
      }),
    );
}

it('accepts what is due once, and ends after one look where nothing is', async () => {
  await makeDaily(3, { at: new Date(Date.now() - DAY_MS) });
  const due = await sweep();
  expect(await due.result()).toBe(3);
  await recordHistory('report-sweep-of-three', due);
  const none = await sweep();
  expect(await none.result()).toBe(0);
  await recordHistory('report-sweep-of-none', none);
});

/** Orders the backfill of the last two days as the api does; the schedule is made today. */
async function orderBackfill() {
  const { database, tenantId } = world;
  await makeDaily(1);
  const schedule = await database.models.reportSchedules.findOne({ tenantId }).lean<ReportScheduleRow>().orFail();
  const at = new Date();
  const dayBefore = (days: number) => new Date(at.getTime() - days * DAY_MS).toISOString().slice(0, 10);
  const dates = { from: dayBefore(2), to: dayBefore(0) };
  const { operation } = await database.inTransaction((session) =>
    acceptBackfill({ database, session, schedule, ...dates, correlationId: 'test', by: tester, at, offsetMs: 0 }),
  );
  return operation;
}

it('accepts the missing reports of an operation, and nothing for one that it does not know', async () => {
  const { _id: operationId, tenantId } = await orderBackfill();
  const { database, client } = world;
  const order = { tenantId, operationId, correlationId: 'test' };
  const handle = await client.workflow.start('reportSchedules', {
    workflowId: reportBackfillId(operationId),
    taskQueue: taskQueues.reports,
    args: [order],
  });
  expect(await handle.result()).toBe(2);
  await recordHistory('report-backfill', handle);
  const { backfill, hops } = await database.models.operations.findById(operationId).lean().orFail();
  expect([backfill, hops.total]).toMatchObject([{ accepted: 2, isAccepted: true }, 2]);
  for (const other of [{ ...order, operationId: newId('operation') }, order])
    await expect((await start('reportSchedules', [other])).result()).rejects.toMatchObject({
      cause: { cause: { type: expect.stringMatching(/^(NOT_FOUND|ENTITY_NOT_OURS)$/) } },
    });
  await database.models.operations.updateOne({ _id: operationId }, { $set: { state: 'completed' } });
});

it('a backfill that is cancelled in Temporal ends its operation as failed', async () => {
  const { _id: operationId, tenantId } = await orderBackfill();
  const handle = await world.client.workflow.start('reportSchedules', {
    workflowId: reportBackfillId(operationId),
    taskQueue: taskQueues.reports,
    args: [{ tenantId, operationId, correlationId: 'test' }],
    // The cancellation comes before its first step.
    startDelay: '1 second',
  });
  await handle.cancel();
  expect(await handle.result()).toBe(0);
  await recordHistory('report-backfill-cancelled', handle);
  const operation = await world.database.models.operations.findById(operationId).lean().orFail();
  expect(operation).toMatchObject({ state: 'failed', failure: { code: 'CANCELLED' }, backfill: { accepted: 0 } });
});

it.each([[[]], [[{}]], [[null]]])(
  'started by hand with %j fails with a clear code and changes nothing',
  async (args) => {
    await makeDaily(1, { at: new Date(Date.now() - DAY_MS) });
    const before = await world.database.models.reports.countDocuments({});
    await expect((await start('reportSchedules', args)).result()).rejects.toMatchObject({
      cause: { type: 'SWEEP_NOT_ORDERED' },
    });
    expect(await world.database.models.reports.countDocuments({})).toBe(before);
  },
);

it.each([
  ['dailyReport', 'report-of-a-day'],
  ['dailyReportWorkflow', 'report-of-a-day-by-second-name'],
])('%s accepts the summary of a day and returns its id', async (name, history) => {
  const handle = await start(name, [{ tenantId: world.tenantId, date: '2026-03-29' }]);
  const reportId = (await handle.result()) as string;
  await recordHistory(history, handle);
  const report = await world.read(reportId);
  expect(report).toMatchObject({ type: 'summary', window: { period: '2026-03-29' } });
});

it('dailyReport fails for a tenant that nobody knows, for none, and for what is no day', async () => {
  const unknown = await start('dailyReport', [{ tenantId: `${newId('partner')}:live` }]);
  await expect(unknown.result()).rejects.toMatchObject({ cause: { cause: { type: 'NOT_FOUND' } } });
  await expect((await start('dailyReport', [{}])).result()).rejects.toMatchObject({ cause: { type: 'INVALID_INPUT' } });
  const month = await start('dailyReport', [{ tenantId: world.tenantId, date: '2026-03' }]);
  await expect(month.result()).rejects.toMatchObject({ cause: { cause: { type: 'PERIOD_INVALID' } } });
});

it('the advance of a year accepts 31 reports of each of three schedules, and arrives where it would', async () => {
  const plain = await world.newPartner();
  const scheduled = await world.newPartner();
  await makeDaily(3, { tenantId: scheduled.tenantId });
  const tookMs: number[] = [];
  for (const { tenantId } of [plain, scheduled]) {
    const began = Date.now();
    expect(await advanceHere({ world: { ...world, tenantId }, by: 'P1Y' })).toBeNull();
    tookMs.push(Date.now() - began);
  }
  console.info(`A year's advance took ${tookMs[0]} ms without schedules and ${tookMs[1]} ms with three`);
  const { reports, reportRuns, reportSchedules, sandboxClocks } = world.database.models;
  const { tenantId } = scheduled;
  const [made] = await reportSchedules.find({ tenantId }).lean<ReportScheduleRow[]>();
  const midnights = dayOf(await world.clock.now(tenantId)) - dayOf(made!.createdAt);
  expect([365, 366]).toContain(midnights);
  expect(await reports.countDocuments({ tenantId })).toBe(93);
  expect(await reportRuns.countDocuments({ tenantId, outcome: 'skipped', reason: 'backlog' })).toBe(3 * midnights - 93);
  const clocks = await sandboxClocks.find({ _id: { $in: [plain.tenantId, tenantId] } }).lean();
  expect(new Set(clocks.map(({ offsetMs }) => Math.round(offsetMs / DAY_MS))).size).toBe(1);
});
