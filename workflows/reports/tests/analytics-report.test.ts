import { newId } from '../../../src/domain/ids';
import { percentOf } from '../../../src/domain/reports/report';
import { taskQueues } from '../../../src/contracts/task-queues';
import { acceptReport } from '../../../src/services/reports/accept-report';
import { orderRemake } from '../../../src/services/reports/order-report';
import { recordHistory } from '../../../src/testing/histories/record-history';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { tester } from '../../../src/testing/worlds/base-world';
import { createHeldSteps } from './held-steps';
import { openReportWorld, type ReportWorld } from './report-world';

let world: ReportWorld;
const held = createHeldSteps();
beforeAll(async () => {
  quietTemporal();
  world = await openReportWorld({ wrap: held.wrap });
});
afterAll(() => world?.close());

const seeded = async (count: number) => {
  const { tenantId } = await world.newPartner();
  await world.seedCaptures(count, { tenantId });
  return tenantId;
};

it('makes a report whose files are offered all at once, and leaves nothing else behind', async () => {
  const tenantId = await seeded(90);
  const { _id } = await world.accept({ tenantId, formats: ['json', 'csv', 'html', 'pdf'] });
  const report = await world.until(_id, 'completed', 'failed');
  expect(report.failure).toBeNull();
  expect(report.figures).toContainEqual({ id: 'captured', currency: 'EUR', by: null, value: 9000 });
  expect(report).toMatchObject({ rowCount: 90, expectedRows: 90, progress: { rows: 90 }, warnings: [] });
  expect(report.files.map(({ name, mediaType }) => [name, mediaType.split(';')[0]])).toEqual([
    ['payments-2026-03.json', 'application/json'],
    ['payments-2026-03.csv', 'text/csv'],
    ['payments-2026-03.html', 'text/html'],
    ['payments-2026-03.pdf', 'application/pdf'],
  ]);
  expect(await world.eventsOf(_id)).toEqual([
    'report.accepted',
    'report.started',
    'report.gathered',
    'report.rendered',
    'report.completed',
  ]);
  expect(await world.remains(_id)).toMatchObject({ parts: 0, files: 4 });
  await recordHistory('report-completed', world.handle(_id));
});

it('says the same for the same asOf, and a remake says what changed', async () => {
  const tenantId = await seeded(3);
  const first = await world.until((await world.accept({ tenantId }))._id, 'completed');
  await world.seedCaptures(1, { tenantId, amountMinor: 7 });
  const again = await world.until((await world.accept({ tenantId, asOf: first.asOf.toISOString() }))._id, 'completed');
  expect(again.dataDigest).toBe(first.dataDigest);
  const { report, row } = await world.database.inTransaction(async (session) => {
    const at = await world.clock.now(tenantId);
    const about = { database: world.database, session };
    const order = await orderRemake({ ...about, report: first, at, realNow: new Date() });
    return acceptReport({ ...about, tenantId, order, correlationId: 'test', by: tester, at, offsetMs: 0 });
  });
  await world.starter.start(row);
  const remade = await world.until(report._id, 'completed');
  expect(remade.dataDigest).not.toBe(first.dataDigest);
  expect(remade).toMatchObject({ supersedes: first._id, rowCount: 4 });
  expect(remade.changes).toContainEqual({ id: 'captured', currency: 'EUR', by: null, before: 300, value: 307 });
  expect((await world.read(first._id)).files).toEqual(first.files);
});

it('makes two reports of a tenant at a time, and backfills last', async () => {
  const tenantId = await seeded(1);
  const order = (backfill = false) => world.accept({ tenantId, backfill, formats: ['csv'] });
  const running = await Promise.all([order(), order()]);
  const holds = running.map(({ _id }) => held.hold('generateReport', _id));
  await Promise.all(holds.map(({ reached }) => reached));
  const waiting = [await order(true), await order(), await order()];
  for (const { _id } of waiting) await world.until(_id, 'accepted', { waiting: true });
  expect(await world.handle(waiting[0]!._id).query('getState')).toMatchObject({ waitingFor: { what: 'slot' } });
  holds.forEach(({ release }) => release());
  for (const { _id } of [...running, ...waiting]) await world.untilRelayed(_id, 'completed');
  const [backfill, one, other] = await Promise.all(waiting.map(({ _id }) => world.startOf(_id)));
  expect([one! <= other!, other! <= backfill!]).toEqual([true, true]);
});

/** Returns the progress that a report shows. */
async function percentFor(reportId: string): Promise<number> {
  const { state, expectedRows, progress } = await world.read(reportId);
  return percentOf({ ...progress, state, of: expectedRows });
}

describe('a cancel', () => {
  const steps = { gathering: 'gatherAnalytics', rendering: 'generateReport', storing: 'storeReport' } as const;

  it.each(Object.entries(steps))('while it is %s removes what was made, and is answered', async (state, step) => {
    const tenantId = await seeded(5);
    const { _id } = await world.accept({ tenantId, formats: ['csv', 'json'] }, (id) => held.hold(step, id));
    await world.holdOf(_id).reached;
    const shown = await percentFor(_id);
    expect(await world.cancel(_id, tenantId)).toMatchObject({ state: 'cancelled' });
    expect(await world.handle(_id).result()).toBe('cancelled');
    expect(await world.read(_id)).toMatchObject({ state: 'cancelled', files: [] });
    expect([shown > 0, await percentFor(_id)]).toEqual([true, shown]);
    expect(await world.remains(_id)).toMatchObject({ parts: 0, files: 0 });
    await expect(world.cancel(_id, tenantId)).rejects.toMatchObject({ code: 'REPORT_ENDED' });
    await recordHistory(`report-cancelled-while-${state}`, world.handle(_id));
  });

  it('while it waits for a place leaves the queue', async () => {
    const tenantId = await seeded(1);
    const running = [await world.accept({ tenantId }, (id) => held.hold('gatherAnalytics', id))];
    running.push(await world.accept({ tenantId }, (id) => held.hold('gatherAnalytics', id)));
    for (const { _id } of running) await world.holdOf(_id).reached;
    const { _id } = await world.accept({ tenantId });
    await world.until(_id, 'accepted', { waiting: true });
    expect(await world.cancel(_id, tenantId)).toMatchObject({ state: 'cancelled' });
    expect(await world.handle(_id).result()).toBe('cancelled');
    for (const { _id: id } of running) world.holdOf(id).release();
    for (const { _id: id } of running) await world.until(id, 'completed');
    await recordHistory('report-cancelled-while-accepted', world.handle(_id));
  });

  it('by Temporal itself does the same', async () => {
    const tenantId = await seeded(1);
    const { _id } = await world.accept({ tenantId }, (id) => held.hold('gatherAnalytics', id));
    await world.holdOf(_id).reached;
    await world.handle(_id).cancel();
    expect(await world.handle(_id).result()).toBe('cancelled');
    expect(await world.remains(_id)).toMatchObject({ parts: 0, files: 0 });
  });
});

it('ends with a clear failure when it is started by hand, and changes nothing', async () => {
  const start = (input: object) =>
    world.client.workflow.execute('analyticsReport', {
      taskQueue: taskQueues.reports,
      workflowId: `by-hand/${newId('event')}`,
      args: [input],
    });
  await expect(start({})).rejects.toMatchObject({ cause: { type: 'INVALID_INPUT' } });
  const unknown = { tenantId: world.tenantId, reportId: newId('report'), correlationId: 'x', offsetMs: 0 };
  await expect(start(unknown)).rejects.toMatchObject({ cause: { cause: { type: 'NOT_FOUND' } } });
});
