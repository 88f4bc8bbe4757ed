import type { Operation } from '../../../../models/sandbox/operation';
import { beginReport } from '../../advance-report';
import { cancelReport, completeReport, failReport } from '../../end-report';
import { acceptBackfill } from '../accept-backfill';
import { acceptDueOf } from '../accept-due-of';
import { backfillReports } from '../backfill-reports';
import { changeSchedule } from '../change-schedule';
import { deleteSchedule } from '../delete-schedule';
import { triggerSchedule } from '../trigger-schedule';
import { countsOf, openScheduleWorld, type ScheduleWorld } from './schedule-world';

let world: ScheduleWorld;
beforeEach(async () => {
  world = await openScheduleWorld();
  await world.setNow('2027-05-10T05:00:00Z');
});
afterEach(() => world?.close());

const NOW = '2027-05-10T05:01:00.000Z';
const FAILURE = { code: 'INTERNAL', detail: 'Make it again.' } as const;
const RANGE = { from: '2027-05-01', to: '2027-05-20' };

/** Orders a backfill as the api does. */
async function order(scheduleId: string, dates = RANGE, deliver = false): Promise<Operation> {
  let operation!: Operation;
  await world.change(scheduleId, async (input) => {
    ({ operation } = await acceptBackfill({ ...input, ...dates, deliver, correlationId: 'test' }));
    return input.schedule;
  });
  return operation;
}
const accept = ({ _id: operationId, tenantId }: Operation, onWindow?: () => void): Promise<number> => {
  const step = { tenantId, operationId, correlationId: 'test', chain: 'chain' };
  return backfillReports({ database: world.database, ...step, onWindow });
};
/** Returns what throws before a window, counted from 1. */
function killAt(window: number): () => void {
  let seen = 0;
  return () => {
    if (++seen === window) throw new Error('killed');
  };
}
const read = ({ _id }: Operation) => world.database.models.operations.findById(_id).lean().orFail();
const reportsOf = (scheduleId: string) =>
  world.database.models.reports.find({ tenantId: world.tenantId, scheduleId }).sort({ _id: 1 }).lean();
const stepOf = (reportId: string, step: string) => {
  const { database, tenantId } = world;
  return { database, tenantId, reportId, chain: 'reporting', step, at: NOW };
};
async function end(reportId: string, how: typeof cancelReport): Promise<void> {
  await beginReport(stepOf(reportId, 'begin'));
  await how(stepOf(reportId, 'end'));
}
async function complete(reportId: string): Promise<void> {
  await beginReport(stepOf(reportId, 'begin'));
  await world.database.models.reports.updateOne({ _id: reportId }, { $set: { state: 'storing', formats: [] } });
  await completeReport(stepOf(reportId, 'end'));
}
const fail: typeof cancelReport = (input) => failReport({ ...input, failure: FAILURE });

/** Makes a schedule of yesterday, whose three days before it have a run made, skipped and failed. */
async function openGaps(): Promise<string> {
  const { _id } = await world.create('2027-05-06T12:00:00Z', { catchUp: 'all' });
  await world.sweep();
  const { reportRuns } = world.database.models;
  const runs = await world.runsOf(_id);
  const outcomes = ['made', 'skipped', 'failed', 'empty'] as const;
  for (const [index, { _id: run }] of runs.entries())
    await reportRuns.updateOne({ _id: run }, { $set: { outcome: outcomes[index], reportId: null } });
  await world.database.models.reports.deleteMany({});
  return _id;
}

it('makes what is missing once, last of all, and ends with the last report', async () => {
  const scheduleId = await openGaps();
  const before = await world.read(scheduleId);
  const operation = await order(scheduleId);
  expect(operation).toMatchObject({ state: 'running', hops: { done: 0, total: 7 } });
  expect([await accept(operation), await accept(operation)]).toEqual([7, 0]);
  const made = await reportsOf(scheduleId);
  expect(made.map(({ window }) => window.period)).toEqual(
    ['01', '02', '03', '04', '05', '07', '08'].map((day) => `2027-05-${day}`),
  );
  expect(made.every(({ backfill, complete }) => backfill && complete)).toBe(true);
  expect(countsOf(await world.runsOf(scheduleId))).toEqual({ made: 1, empty: 1, making: 7 });
  expect((await world.read(scheduleId)).lastRun).toEqual(before.lastRun);
  const stands = [];
  for (const { _id } of made) {
    await end(_id, cancelReport);
    const { state, hops } = await read(operation);
    stands.push([state, hops.done, hops.total]);
  }
  expect(stands.slice(0, 2)).toEqual([
    ['running', 1, 7],
    ['running', 2, 7],
  ]);
  expect(stands.at(-1)).toEqual(['completed', 7, 7]);
});

it('goes on where it was killed between two windows, and gives each one report', async () => {
  const { _id } = await world.create('2027-05-09T12:00:00Z');
  const operation = await order(_id);
  await expect(accept(operation, killAt(4))).rejects.toThrow('killed');
  expect(await reportsOf(_id)).toHaveLength(3);
  const [one, other] = await Promise.all([accept(operation), accept(operation)]);
  expect(one + other).toBe(5);
  expect(countsOf(await world.runsOf(_id))).toEqual({ making: 8 });
  expect(await read(operation)).toMatchObject({ backfill: { accepted: 8, isAccepted: true }, hops: { total: 8 } });
});

it('counts a window that was triggered meanwhile out, and one that is remade once', async () => {
  const { _id } = await world.create('2027-05-09T12:00:00Z');
  const trigger = (period: string, remake = false) =>
    world.change(_id, async (input) => {
      await triggerSchedule({ ...input, period, remake, correlationId: 'test' });
      return input.schedule;
    });
  const operation = await order(_id, { from: '2027-05-01', to: '2027-05-02' });
  await trigger('2027-05-02');
  expect(await accept(operation)).toBe(1);
  expect((await read(operation)).hops).toEqual({ done: 0, total: 1 });
  for (const { _id: reportId } of await reportsOf(_id)) await end(reportId, cancelReport);
  await trigger('2027-05-01', true);
  for (const { _id: reportId, state } of await reportsOf(_id))
    if (state === 'accepted') await end(reportId, cancelReport);
  expect(await read(operation)).toMatchObject({ state: 'completed', hops: { done: 1, total: 1 } });
});

it('is the only one of its schedule while it runs, and is completed where nothing is missing', async () => {
  const { _id } = await world.create('2027-05-09T12:00:00Z');
  const orders = await Promise.allSettled([order(_id), order(_id), order(_id)]);
  expect(orders.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const refused = orders.filter((each) => each.status === 'rejected').map(({ reason }) => reason.code);
  expect(refused).toEqual(['BACKFILL_RUNNING', 'BACKFILL_RUNNING']);
  const { _id: second } = await world.create('2027-05-09T12:00:00Z');
  expect((await order(second, { from: '2027-05-10', to: '2027-05-20' })).state).toBe('completed');
  expect(await order(second)).toMatchObject({ state: 'running', hops: { done: 0, total: 8 } });
});

it('that fails does not pause its schedule, and a window that is refused has ended', async () => {
  const { _id } = await world.create('2027-05-09T12:00:00Z', { type: 'statement', period: 'month', formats: ['csv'] });
  // The statement of February goes on from none: the closing of a new January would count more than it does.
  const february = await order(_id, { from: '2027-02-01', to: '2027-02-28' });
  await accept(february);
  for (const { _id: reportId } of await reportsOf(_id)) await complete(reportId);
  const operation = await order(_id, { from: '2026-10-01', to: '2027-04-30' });
  await expect(accept(operation, killAt(6))).rejects.toThrow('killed');
  expect(await accept(operation)).toBe(1);
  expect(await read(operation)).toMatchObject({ state: 'running', hops: { done: 1, total: 6 } });
  for (const { _id: reportId, state } of await reportsOf(_id)) if (state === 'accepted') await end(reportId, fail);
  expect(await world.read(_id)).toMatchObject({ state: 'active', failures: 0 });
  expect(await read(operation)).toMatchObject({ state: 'completed', hops: { done: 6, total: 6 } });
  expect(countsOf(await world.runsOf(_id))).toEqual({ made: 1, AS_OF_INVALID: 1, INTERNAL: 5 });
});

it('goes by the zone in which it was ordered, and ends when its schedule is deleted', async () => {
  const { _id } = await world.create('2027-05-09T12:00:00Z');
  const operation = await order(_id);
  await world.change(_id, (input) => changeSchedule({ ...input, patch: { timeZone: 'Asia/Kathmandu' } }));
  await expect(accept(operation, killAt(3))).rejects.toThrow('killed');
  expect((await world.runsOf(_id)).map(({ window }) => window.timeZone)).toEqual(['Europe/Berlin', 'Europe/Berlin']);
  await world.change(_id, async (input) => {
    await deleteSchedule(input);
    return input.schedule;
  });
  const failure = { code: 'CANCELLED', detail: expect.stringContaining('deleted'), workflowId: null };
  expect(await read(operation)).toMatchObject({ state: 'failed', failure });
  expect(await accept(operation)).toBe(0);
  for (const { _id: reportId } of await reportsOf(_id)) await end(reportId, cancelReport);
  expect((await read(operation)).state).toBe('failed');
});

it.each([true, false])('with deliver %s mails its reports at most once, when the last has ended', async (deliver) => {
  const { _id } = await world.create('2027-05-09T12:00:00Z', { deliverTo: [{ email: 'ada@example.com' }] });
  const mails = () => world.database.models.outbox.find({ mail: { $ne: null } }).lean();
  const operation = await order(_id, { from: '2027-05-01', to: '2027-05-03' }, deliver);
  await expect(accept(operation, killAt(3))).rejects.toThrow('killed');
  for (const { _id: reportId } of await reportsOf(_id)) await complete(reportId);
  // A third one is to come.
  expect(await mails()).toEqual([]);
  expect(await accept(operation)).toBe(1);
  await complete((await reportsOf(_id)).at(-1)!._id);
  expect((await mails()).map(({ mail }) => mail!.to)).toEqual(deliver ? ['ada@example.com'] : []);
});

it('that ends with its schedule still mails what it has made', async () => {
  const { _id } = await world.create('2027-05-09T12:00:00Z', { deliverTo: [{ email: 'ada@example.com' }] });
  const operation = await order(_id, { from: '2027-05-01', to: '2027-05-03' }, true);
  await expect(accept(operation, killAt(2))).rejects.toThrow('killed');
  const [made] = await reportsOf(_id);
  await complete(made!._id);
  await world.change(_id, async (input) => {
    await deleteSchedule(input);
    return input.schedule;
  });
  const mails = await world.database.models.outbox.find({ mail: { $ne: null } }).lean();
  expect(mails.map(({ mail }) => mail!.to)).toEqual(['ada@example.com']);
});

it('mails what it has made also where its last window was triggered meanwhile', async () => {
  const { _id } = await world.create('2027-05-09T12:00:00Z', { deliverTo: [{ email: 'ada@example.com' }] });
  const operation = await order(_id, { from: '2027-05-01', to: '2027-05-02' }, true);
  await expect(accept(operation, killAt(2))).rejects.toThrow('killed');
  for (const { _id: reportId } of await reportsOf(_id)) await complete(reportId);
  await world.change(_id, async (input) => {
    await triggerSchedule({ ...input, period: '2027-05-02', correlationId: 'test' });
    return input.schedule;
  });
  expect(await accept(operation)).toBe(0);
  expect(await world.database.models.outbox.countDocuments({ mail: { $ne: null } })).toBe(1);
});

it('leaves a window that the schedule has not come to yet to its sweep', async () => {
  await world.setNow('2027-05-10T02:00:00Z');
  const { _id } = await world.create('2027-05-09T12:00:00Z');
  const operation = await order(_id, { from: '2027-05-08', to: '2027-05-20' });
  expect(await accept(operation)).toBe(1);
  await world.setNow('2027-05-10T05:00:00Z');
  expect(await acceptDueOf({ database: world.database, tenantId: world.tenantId, scheduleId: _id })).toBe(1);
});

it('mails at most 31 reports', async () => {
  const { _id } = await world.create('2027-05-09T12:00:00Z', { deliverTo: [{ email: 'ada@example.com' }] });
  const range = { from: '2027-04-01', to: '2027-05-02' };
  await expect(order(_id, range, true)).rejects.toMatchObject({ code: 'RANGE_TOO_LONG' });
  expect((await order(_id, range)).hops.total).toBe(32);
});
