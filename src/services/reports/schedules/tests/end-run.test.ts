import type { Report } from '../../../../models/reports/report';
import { tester } from '../../../../testing/worlds/base-world';
import { acceptReport } from '../../accept-report';
import { beginReport } from '../../advance-report';
import { changesOf } from '../../assemble-report';
import { cancelReport, completeReport, failReport } from '../../end-report';
import { orderRemake } from '../../order-report';
import { missingOf } from '../missing-of';
import { remakeRun } from '../write-run';
import { openScheduleWorld, type ScheduleWorld } from './schedule-world';

let world: ScheduleWorld;
beforeEach(async () => {
  world = await openScheduleWorld();
  await world.setNow('2027-05-10T05:00:00Z');
});
afterEach(() => world?.close());

const FAILURE = { code: 'INTERNAL', detail: 'Make it again.' } as const;
const NOW = '2027-05-10T05:01:00.000Z';

/** Returns the steps of the reports of a schedule, oldest first, each owned by one run. */
async function claimedReports(scheduleId: string) {
  const steps = [];
  for (const { reportId } of await world.runsOf(scheduleId)) {
    const { database, tenantId } = world;
    const step = { database, tenantId, reportId: reportId!, chain: 'chain', step: 'begin', at: NOW };
    await beginReport(step);
    steps.push({ ...step, step: 'end' });
  }
  return steps;
}

/** Moves a report to its last step. Its row is its figure, as in a summary. */
const setWithFigure = (reportId: string, value: number) =>
  world.database.models.reports.updateOne(
    { _id: reportId },
    { $set: { state: 'storing', formats: [], rowCount: 1, figures: [{ id: 'captured', value }] as never } },
  );

it('three failures in a row pause the schedule, with an event', async () => {
  const { _id } = await world.create('2027-05-05T12:00:00Z');
  await world.sweep();
  const [first, second, third, fourth] = await claimedReports(_id);
  for (const step of [first!, second!]) await failReport({ ...step, failure: FAILURE });
  expect(await world.read(_id)).toMatchObject({ state: 'active', failures: 2 });
  await cancelReport(third!);
  expect(await world.read(_id)).toMatchObject({ state: 'active', failures: 2 });
  await failReport({ ...fourth!, failure: FAILURE });
  expect(await world.read(_id)).toMatchObject({ state: 'paused', pausedFor: 'failing', nextAt: null });
  const events = await world.database.models.events.find({ entityId: _id, type: 'report_schedule.paused' }).lean();
  expect(events.map(({ data }) => data)).toEqual([{ reason: 'failing' }]);
  expect((await world.runsOf(_id)).map(({ outcome, reason }) => [outcome, reason])).toEqual([
    ['failed', 'INTERNAL'],
    ['failed', 'INTERNAL'],
    ['skipped', 'cancelled'],
    ['failed', 'INTERNAL'],
    [null, null],
  ]);
});

it('a report that is made ends the row of failures', async () => {
  const { _id } = await world.create('2027-05-08T12:00:00Z');
  await world.sweep();
  const [first, second] = await claimedReports(_id);
  await failReport({ ...first!, failure: FAILURE });
  await setWithFigure(second!.reportId, 0);
  await completeReport(second!);
  expect(await world.read(_id)).toMatchObject({ failures: 0, lastRun: { outcome: 'made' } });
});

it.each([
  [true, 0, 'empty'],
  [true, 1, 'made'],
  [false, 0, 'made'],
])('with skipEmpty %s, a report whose figure is %d has the outcome %s', async (skipEmpty, value, outcome) => {
  const { _id } = await world.create('2027-05-09T12:00:00Z', { skipEmpty });
  await world.sweep();
  const [step] = await claimedReports(_id);
  await setWithFigure(step!.reportId, value);
  await completeReport(step!);
  expect((await world.runsOf(_id)).map((run) => run.outcome)).toEqual([outcome]);
});

/** Orders a report again, as the api does. Returns the id of the new one. */
async function remake(reportId: string): Promise<string> {
  const { database, tenantId } = world;
  const report = await database.models.reports.findById(reportId).lean<Report>().orFail();
  const at = new Date(NOW);
  return database.inTransaction(async (session) => {
    const order = await orderRemake({ database, report, at, realNow: new Date() });
    const input = { database, session, tenantId, order, correlationId: 'test', by: tester, at, offsetMs: 0 };
    const { report: remade } = await acceptReport(input);
    await remakeRun({ database, session, report: remade });
    return remade._id;
  });
}

/** Ends the report that is being made of the only window of a schedule. Returns its id. */
async function endLast(scheduleId: string, how: 'made' | 'failed' | 'cancelled'): Promise<string> {
  const [step] = await claimedReports(scheduleId);
  const { reportId } = step!;
  if (how === 'failed') await failReport({ ...step!, failure: FAILURE });
  if (how === 'cancelled') await cancelReport(step!);
  if (how !== 'made') return reportId;
  await setWithFigure(reportId, 1);
  await completeReport(step!);
  return reportId;
}

/** Returns a schedule with one window, whose report is being made. */
async function dueOnce(): Promise<string> {
  const { _id } = await world.create('2027-05-09T12:00:00Z');
  await world.sweep();
  return _id;
}

/** Expects that the only window of a schedule is made by a report, everywhere. */
async function expectMadeBy(scheduleId: string, reportId: string): Promise<void> {
  const { database } = world;
  const runs = await world.runsOf(scheduleId);
  const schedule = await world.read(scheduleId);
  const standing = { outcome: 'made', reason: null, reportId };
  expect(runs).toMatchObject([standing]);
  expect(schedule).toMatchObject({ failures: 0, lastRun: standing });
  expect(await missingOf({ database, schedule, windows: runs.map(({ window }) => window) })).toEqual([]);
}

it('a window that was made stays made where its report is made again, and that fails', async () => {
  const { _id } = await world.create('2027-05-09T12:00:00Z');
  await world.sweep();
  const [first] = await claimedReports(_id);
  await setWithFigure(first!.reportId, 1);
  await completeReport(first!);
  for (const how of [cancelReport, (step: typeof first) => failReport({ ...step!, failure: FAILURE })]) {
    await remake(first!.reportId);
    const [again] = await claimedReports(_id);
    await how(again!);
    const standing = { outcome: 'made', reason: null, reportId: first!.reportId };
    expect(await world.runsOf(_id)).toMatchObject([standing]);
    expect(await world.read(_id)).toMatchObject({ failures: 0, lastRun: standing });
  }
});

it('a window whose report failed is reported by the one that is made in its place, and by no backfill', async () => {
  const { _id } = await world.create('2027-05-09T12:00:00Z');
  await world.sweep();
  const [failed] = await claimedReports(_id);
  await failReport({ ...failed!, failure: FAILURE });
  await remake(failed!.reportId);
  const [remade] = await claimedReports(_id);
  expect(remade!.reportId).not.toBe(failed!.reportId);
  await setWithFigure(remade!.reportId, 1);
  await completeReport(remade!);
  expect(await world.runsOf(_id)).toMatchObject([{ outcome: 'made', reason: null, reportId: remade!.reportId }]);
  expect(await world.read(_id)).toMatchObject({ failures: 0, lastRun: { outcome: 'made' } });
});

it('a window is made by the second remake of its report where the first one failed', async () => {
  const scheduleId = await dueOnce();
  const first = await endLast(scheduleId, 'failed');
  await remake(first);
  await endLast(scheduleId, 'failed');
  const second = await remake(first);
  await endLast(scheduleId, 'made');
  await expectMadeBy(scheduleId, second);
});

it('a window is made by the remake of a remake that failed, and stays made where that one fails too', async () => {
  const scheduleId = await dueOnce();
  const first = await endLast(scheduleId, 'made');
  const failed = await remake(first);
  await endLast(scheduleId, 'failed');
  for (const how of ['failed', 'cancelled'] as const) {
    await remake(failed);
    await endLast(scheduleId, how);
    await expectMadeBy(scheduleId, first);
  }
  const again = await remake(failed);
  await endLast(scheduleId, 'made');
  await expectMadeBy(scheduleId, again);
});

it('a window that a trigger made stays made where a report of before is made again, and that fails', async () => {
  const scheduleId = await dueOnce();
  const failed = await endLast(scheduleId, 'failed');
  await world.trigger(scheduleId);
  const triggered = await endLast(scheduleId, 'made');
  await remake(failed);
  await endLast(scheduleId, 'failed');
  await expectMadeBy(scheduleId, triggered);
});

it('no report of a window is made again while another of it is being made', async () => {
  const scheduleId = await dueOnce();
  const first = await endLast(scheduleId, 'made');
  const [one, other] = await Promise.allSettled([remake(first), remake(first)]);
  const refused = [one, other].find(({ status }) => status === 'rejected');
  expect(refused).toMatchObject({ reason: { code: 'REPORT_NOT_READY' } });
  const last = await endLast(scheduleId, 'made');
  await expectMadeBy(scheduleId, last);
});

const captured = (value: number) => ({ id: 'captured', currency: 'EUR', by: null, value });

it('the changes of a report are those since the last one that was made', async () => {
  const { database, tenantId } = world;
  const { reports } = database.models;
  const scheduleId = await dueOnce();
  const first = await endLast(scheduleId, 'made');
  await reports.updateOne({ _id: first }, { $set: { figures: [captured(1)] } });
  const failed = await remake(first);
  await endLast(scheduleId, 'failed');
  const again = await remake(failed);
  const changes = async () =>
    changesOf({ database, report: await reports.findById(again).lean<Report>().orFail(), figures: [captured(2)] });
  expect(await changes()).toEqual([{ ...captured(2), before: 1 }]);
  // Nobody was offered what a report had put together before it failed.
  await reports.updateOne({ _id: failed, tenantId }, { $set: { figures: [captured(9)] } });
  expect(await changes()).toEqual([{ ...captured(2), before: 1 }]);
});

it('a failed window is not made again whole where another one has reported a part of it', async () => {
  const scheduleId = await dueOnce();
  const failed = await endLast(scheduleId, 'failed');
  await world.patch(scheduleId, { timeZone: 'America/New_York' });
  await world.trigger(scheduleId, { period: '2027-05-09' });
  await expect(remake(failed)).rejects.toMatchObject({ code: 'WINDOW_REPORTED' });
  expect(await world.runsOf(scheduleId)).toMatchObject([{ outcome: 'failed', reportId: failed }, { outcome: null }]);
});
