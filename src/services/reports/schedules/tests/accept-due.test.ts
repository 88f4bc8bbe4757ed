import type { Database } from '../../../../models/database';
import { acceptDueOf } from '../accept-due-of';
import { acceptDueOfTenant } from '../accept-due-reports';
import { changeSchedule } from '../change-schedule';
import { pauseSchedule, resumeSchedule } from '../move-schedule';
import { triggerSchedule } from '../trigger-schedule';
import { countsOf, expectJoined, openScheduleWorld, type ScheduleWorld } from './schedule-world';

let world: ScheduleWorld;
beforeEach(async () => {
  world = await openScheduleWorld();
});
afterEach(() => world?.close());

const periodsOf = async (scheduleId: string) =>
  (await world.runsOf(scheduleId)).map(({ window, outcome, reason }) => [window.period, reason ?? outcome]);

it('reports a day once after an outage of six hours over midnight', async () => {
  await world.setNow('2027-05-04T05:00:00Z');
  const { _id, nextAt } = await world.create('2027-05-03T12:00:00Z', { at: '01:00' });
  expect(nextAt).toEqual(new Date('2027-05-03T23:00:00Z'));
  expect([await world.sweep(), await world.sweep()]).toEqual([1, 0]);
  expect(await periodsOf(_id)).toEqual([['2027-05-03', null]]);
  const [run] = await world.runsOf(_id);
  const report = await world.database.models.reports.findById(run!.reportId).lean();
  expect(report).toMatchObject({ scheduleId: _id, state: 'accepted', complete: true, window: { hours: 24 } });
  expect(await world.read(_id)).toMatchObject({
    nextAt: new Date('2027-05-04T23:00:00Z'),
    lastRun: { reportId: run!.reportId, outcome: null },
  });
});

it.each([
  ['all', { backlog: 9, making: 31 }],
  ['latest', { catch_up: 39, making: 1 }],
  ['none', { catch_up: 40 }],
] as const)(
  'after an outage of 40 days makes what %s says, and skips the rest with its reason',
  async (catchUp, counts) => {
    await world.setNow('2027-06-10T08:00:00Z');
    const { _id } = await world.create('2027-05-01T12:00:00Z', { catchUp });
    await world.sweep();
    const runs = await world.runsOf(_id);
    expect(countsOf(runs)).toEqual(counts);
    expectJoined(runs);
    expect((await world.read(_id)).nextAt).toEqual(new Date('2027-06-11T04:00:00Z'));
  },
);

it('ten sweeps at once give each window of 50 schedules one run and one report', async () => {
  await world.setNow('2027-05-04T05:00:00Z');
  for (let made = 0; made < 50; made += 1) await world.create('2027-05-02T12:00:00Z');
  const accepted = await Promise.all(Array.from({ length: 10 }, () => world.sweep()));
  const { reports, reportRuns, outbox } = world.database.models;
  expect(accepted.reduce((sum, count) => sum + count, 0)).toBe(100);
  expect([await reports.countDocuments({}), await reportRuns.countDocuments({})]).toEqual([100, 100]);
  expect(await outbox.countDocuments({ entityType: 'report', start: { $ne: null } })).toBe(100);
});

it('goes on where a sweep was killed between two schedules', async () => {
  await world.setNow('2027-05-04T05:00:00Z');
  for (let made = 0; made < 5; made += 1) await world.create('2027-05-02T12:00:00Z');
  let seen = 0;
  const kill = () => {
    if (++seen === 3) throw new Error('killed');
  };
  await expect(world.sweep(kill)).rejects.toThrow('killed');
  expect(await world.database.models.reports.countDocuments({})).toBe(4);
  expect(await world.sweep()).toBe(6);
});

it('after a change of period reports the rest of a month whose first day was triggered before', async () => {
  await world.setNow('2027-05-01T23:00:00Z');
  const { _id } = await world.create('2027-05-01T12:00:00Z');
  await world.change(_id, async (input) => {
    await triggerSchedule({ ...input, correlationId: 'test' });
    return changeSchedule({ ...input, patch: { period: 'month' } });
  });
  await world.setNow('2027-06-02T12:00:00Z');
  const { database, tenantId } = world;
  expect(await acceptDueOf({ database, tenantId, scheduleId: _id })).toBe(1);
  const runs = await world.runsOf(_id);
  expectJoined(runs);
  expect(runs.map(({ window: { period, from, to } }) => [period, from, to])).toEqual([
    ['2027-05-01', '2027-05-01', '2027-05-01'],
    [null, '2027-05-02', '2027-05-31'],
  ]);
});

it('fires later where the clocks skip the time, and once where it comes twice', async () => {
  await world.setNow('2027-11-01T12:00:00Z');
  const spring = await world.create('2027-03-27T12:00:00Z', { at: '02:30' });
  const autumn = await world.create('2027-10-30T12:00:00Z', { at: '02:30' });
  expect(spring.nextAt).toEqual(new Date('2027-03-28T01:30:00Z'));
  expect(autumn.nextAt).toEqual(new Date('2027-10-31T00:30:00Z'));
  await world.sweep();
  const windows = (await world.runsOf(autumn._id)).map(({ window }) => [window.period, window.hours]);
  expect(windows).toEqual([
    ['2027-10-30', 24],
    ['2027-10-31', 25],
  ]);
});

it('joins the windows of two zones by a bridge', async () => {
  await world.setNow('2027-05-04T05:00:00Z');
  const { _id, tenantId } = await world.create('2027-05-02T12:00:00Z');
  await world.sweep();
  await world.change(_id, (input) => changeSchedule({ ...input, patch: { timeZone: 'America/New_York' } }));
  await world.setNow('2027-05-07T12:00:00Z');
  await acceptDueOf({ database: world.database, tenantId, scheduleId: _id });
  const runs = await world.runsOf(_id);
  expectJoined(runs);
  expect(runs.map(({ window: { period, hours } }) => [period, hours])).toEqual([
    ['2027-05-02', 24],
    ['2027-05-03', 24],
    [null, 6],
    ['2027-05-04', 24],
    ['2027-05-05', 24],
    ['2027-05-06', 24],
  ]);
});

it('skips what was due in a pause, and goes on after it', async () => {
  await world.setNow('2027-05-04T05:00:00Z');
  const { _id, tenantId } = await world.create('2027-05-03T12:00:00Z');
  const due = { database: world.database, tenantId, scheduleId: _id };
  await acceptDueOf(due);
  const paused = await world.change(_id, (input) => pauseSchedule({ ...input, reason: 'requested' }));
  expect(paused).toMatchObject({ state: 'paused', nextAt: null, pausedFor: 'requested' });
  await world.setNow('2027-05-06T05:00:00Z');
  expect(await acceptDueOf(due)).toBe(0);
  await world.change(_id, resumeSchedule);
  await world.setNow('2027-05-07T05:00:00Z');
  expect(await acceptDueOf(due)).toBe(1);
  expect(await periodsOf(_id)).toEqual([
    ['2027-05-03', null],
    ['2027-05-04', 'paused'],
    ['2027-05-05', 'paused'],
    ['2027-05-06', null],
  ]);
  expect(await world.read(_id)).toMatchObject({ state: 'active', pausedFor: null, pauses: [] });
});

it('ends once nothing is due until its end, with an event', async () => {
  await world.setNow('2027-05-09T05:00:00Z');
  const { _id } = await world.create('2027-05-03T12:00:00Z', { until: '2027-05-05T04:00:00.000Z' });
  expect(await world.sweep()).toBe(2);
  expect(await world.read(_id)).toMatchObject({ state: 'ended', nextAt: null, dueAt: null });
  const events = await world.database.models.events.find({ entityId: _id }).sort({ version: 1 }).lean();
  expect(events.map(({ type }) => type)).toEqual(['report_schedule.created', 'report_schedule.ended']);
});

it('a statement keeps its zone, and a window that is no month fails its run alone', async () => {
  await world.setNow('2027-06-10T05:00:00Z');
  const { _id, tenantId } = await world.create('2027-05-03T12:00:00Z', { type: 'statement', period: 'month' });
  const move = world.change(_id, (input) =>
    changeSchedule({ ...input, patch: { timeZone: 'America/New_York', at: '07:00' } }),
  );
  await expect(move).rejects.toMatchObject({ code: 'SCHEDULE_INVALID', pointer: '/timeZone' });
  // The data of a zone may change by itself.
  const shifted = { reportedUntil: new Date('2027-04-30T21:00:00Z') };
  await world.database.models.reportSchedules.updateOne({ _id }, { $set: shifted });
  expect(await acceptDueOf({ database: world.database, tenantId, scheduleId: _id })).toBe(1);
  expect(await periodsOf(_id)).toEqual([
    [null, 'PERIOD_INVALID'],
    ['2027-05', null],
  ]);
});

it('a change that comes between the look and the acceptance is heeded', async () => {
  await world.setNow('2027-05-04T05:00:00Z');
  const { _id, tenantId } = await world.create('2027-05-02T12:00:00Z');
  const { database } = world;
  let isChanged = false;
  const racing: Database = {
    ...database,
    async inTransaction(work) {
      if (!isChanged) await world.change(_id, (input) => changeSchedule({ ...input, patch: { formats: ['json'] } }));
      isChanged = true;
      return database.inTransaction(work);
    },
  };
  expect(await acceptDueOf({ database: racing, tenantId, scheduleId: _id })).toBe(2);
  const reports = await database.models.reports.find({ tenantId, scheduleId: _id }).lean();
  expect(reports.map(({ formats }) => formats)).toEqual([['json'], ['json']]);
});

it.each([
  ['summary', 'day', '2027-06-10T05:00:00Z', 1, 31],
  // Each goes on from the one before.
  ['statement', 'month', '2027-09-10T05:00:00Z', 4, 4],
] as const)(
  'accepts all %s of an outage, a %s each until %s, in %d transactions',
  async (type, period, until, ...counts) => {
    await world.setNow(until);
    const { _id, tenantId } = await world.create('2027-05-03T12:00:00Z', { type, period });
    const { database } = world;
    let transactions = 0;
    const counting: Database = {
      ...database,
      inTransaction: (work) => {
        transactions += 1;
        return database.inTransaction(work);
      },
    };
    const accepted = await acceptDueOf({ database: counting, tenantId, scheduleId: _id });
    expect([transactions, accepted]).toEqual(counts);
  },
);

it('is paused by the third window that is refused, however many are due', async () => {
  await world.setNow('2027-06-10T05:00:00Z');
  const { _id, tenantId } = await world.create('2027-06-01T12:00:00Z');
  await world.database.models.reportSchedules.updateOne({ _id }, { $set: { type: 'withdrawn' } });
  expect(await acceptDueOf({ database: world.database, tenantId, scheduleId: _id })).toBe(0);
  expect(await periodsOf(_id)).toEqual([
    ['2027-06-01', 'REPORT_TYPE_UNKNOWN'],
    ['2027-06-02', 'REPORT_TYPE_UNKNOWN'],
    ['2027-06-03', 'REPORT_TYPE_UNKNOWN'],
  ]);
  expect(await world.read(_id)).toMatchObject({ state: 'paused', pausedFor: 'failing' });
});

it('a schedule that an unexpected error stops holds up neither an advance nor the others', async () => {
  await world.setNow('2027-05-03T12:00:00Z');
  const [stopped, well] = [await world.create('2027-05-03T12:00:00Z'), await world.create('2027-05-03T12:00:00Z')];
  const { database, tenantId } = world;
  await database.models.reportSchedules.updateOne({ _id: stopped._id }, { $set: { timeZone: 'Mars/Olympus' } });
  await world.setNow('2027-05-04T05:00:00Z');
  await acceptDueOfTenant({ database, tenantId });
  expect(await periodsOf(well._id)).toEqual([['2027-05-03', null]]);
  expect(await periodsOf(stopped._id)).toEqual([]);
  // The next sweep finds it.
  expect((await world.read(stopped._id)).dueAt!.getTime()).toBeLessThan(Date.now());
});
