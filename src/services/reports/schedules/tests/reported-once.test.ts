import type { Database } from '../../../../models/database';
import type { ReportRun } from '../../../../models/reports/report-run';
import { acceptBackfill } from '../accept-backfill';
import { acceptDueOf } from '../accept-due-of';
import { backfillReports, type BackfillReportsInput } from '../backfill-reports';
import { pauseSchedule, resumeSchedule } from '../move-schedule';
import { isReported } from '../write-run';
import { openScheduleWorld, type ScheduleWorld } from './schedule-world';

let world: ScheduleWorld;
beforeEach(async () => {
  world = await openScheduleWorld();
});
afterEach(() => world?.close());

/** Makes what is missing, as the api and its workflow do. Returns the number of reports. */
async function backfill(
  scheduleId: string,
  { from, to, within = {} }: { from: string; to: string; within?: Partial<BackfillReportsInput> },
): Promise<number> {
  let operationId = '';
  await world.change(scheduleId, async (input) => {
    const { operation } = await acceptBackfill({ ...input, from, to, correlationId: 'test' });
    operationId = operation._id;
    return input.schedule;
  });
  const { database, tenantId } = world;
  return backfillReports({ database, tenantId, operationId, correlationId: 'test', chain: 'chain', ...within });
}
/** Returns a database that does something else first, once, when a transaction is to begin. */
function racing(race: () => Promise<unknown>, isDue = (): boolean => true): Database {
  const { database } = world;
  let isRun = false;
  return {
    ...database,
    async inTransaction(work) {
      if (isDue() && !isRun) {
        isRun = true;
        await race();
      }
      return database.inTransaction(work);
    },
  };
}

const spanOf = ({ window: { startAt, endAt } }: ReportRun): string => `${startAt.slice(5, 16)}/${endAt.slice(5, 16)}`;
/** Returns the windows of the runs that are made, and those that are skipped, each oldest first. */
async function spansOf(scheduleId: string): Promise<{ made: string[]; skipped: string[] }> {
  const runs = await world.runsOf(scheduleId);
  const [made, skipped] = [runs.filter(isReported), runs.filter((run) => !isReported(run))];
  return { made: made.map(spanOf), skipped: skipped.map(spanOf) };
}

/** Makes a daily schedule of Berlin that is moved to New York before its first report. */
async function openMoved(): Promise<string> {
  await world.setNow('2027-05-03T05:00:00Z');
  const { _id } = await world.create('2027-05-03T05:00:00Z');
  await world.patch(_id, { timeZone: 'America/New_York' });
  return _id;
}

it('a day that is triggered after a change of zone leaves nothing of the bridge that it covers', async () => {
  const _id = await openMoved();
  await world.trigger(_id);
  await world.setNow('2027-05-04T12:00:00Z');
  expect(await world.sweepOne(_id)).toBe(1);
  expect(await spansOf(_id)).toEqual({ made: ['05-02T04:00/05-03T04:00', '05-03T04:00/05-04T04:00'], skipped: [] });
});

it('a day that is triggered while a sweep accepts the bridge is seen by the sweep', async () => {
  const _id = await openMoved();
  await world.setNow('2027-05-03T12:00:00Z');
  const { tenantId } = world;
  const database = racing(() => world.trigger(_id));
  expect(await acceptDueOf({ database, tenantId, scheduleId: _id })).toBe(0);
  expect(await spansOf(_id)).toEqual({ made: ['05-02T04:00/05-03T04:00'], skipped: [] });
});

it('what a backfill makes after a change of zone ends where the bridge of the sweep begins', async () => {
  const _id = await openMoved();
  await world.setNow('2027-05-04T05:00:00Z');
  await backfill(_id, { from: '2027-05-01', to: '2027-05-02' });
  await world.setNow('2027-05-04T12:00:00Z');
  expect(await world.sweepOne(_id)).toBe(2);
  expect(await spansOf(_id)).toEqual({
    made: ['05-01T04:00/05-02T04:00', '05-02T04:00/05-02T22:00', '05-02T22:00/05-03T04:00', '05-03T04:00/05-04T04:00'],
    skipped: [],
  });
});

it('a day of a new zone that is triggered while a backfill runs is not made again by it', async () => {
  await world.setNow('2027-05-10T05:00:00Z');
  const { _id } = await world.create('2027-05-09T12:00:00Z');
  const [dates, triggered] = [{ from: '2027-05-01', to: '2027-05-02' }, '05-01T04:00/05-02T04:00'];
  let hasBegun = false;
  const moveAndTrigger = async () => {
    await world.patch(_id, { timeZone: 'America/New_York' });
    await world.trigger(_id, { period: '2027-05-01' });
  };
  const onWindow = () => {
    hasBegun = true;
  };
  expect(
    await backfill(_id, { ...dates, within: { database: racing(moveAndTrigger, () => hasBegun), onWindow } }),
  ).toBe(0);
  expect((await spansOf(_id)).made).toEqual([triggered]);
  await world.patch(_id, { timeZone: 'Europe/Berlin' });
  expect(await backfill(_id, dates)).toBe(2);
  expect((await spansOf(_id)).made).toEqual(['04-30T22:00/05-01T04:00', triggered, '05-02T04:00/05-02T22:00']);
});

it('a month that is triggered leaves nothing of its bridge from days', async () => {
  await world.setNow('2027-05-03T05:00:00Z');
  const { _id } = await world.create('2027-05-03T05:00:00Z');
  await world.patch(_id, { period: 'month' });
  await world.setNow('2027-06-01T02:00:00Z');
  await world.trigger(_id, { period: '2027-05' });
  await world.setNow('2027-06-01T05:00:00Z');
  expect(await world.sweepOne(_id)).toBe(0);
  expect(await spansOf(_id)).toEqual({ made: ['04-30T22:00/05-31T22:00'], skipped: [] });
  expect((await world.read(_id)).reportedUntil).toEqual(new Date('2027-05-31T22:00:00Z'));
});

it('a day that was triggered among others before a change of zone is cut out of the new days', async () => {
  await world.setNow('2027-05-08T05:00:00Z');
  const { _id } = await world.create('2027-05-08T05:00:00Z', { at: undefined, cron: '0 6 12 * *' });
  await world.setNow('2027-05-11T05:00:00Z');
  await world.trigger(_id, { period: '2027-05-09' });
  await world.patch(_id, { timeZone: 'America/New_York' });
  await world.setNow('2027-05-12T12:00:00Z');
  await world.sweepOne(_id);
  expect(await spansOf(_id)).toEqual({
    made: [
      '05-07T22:00/05-08T04:00',
      '05-08T04:00/05-08T22:00',
      '05-08T22:00/05-09T22:00',
      '05-09T22:00/05-10T04:00',
      '05-10T04:00/05-11T04:00',
      '05-11T04:00/05-12T04:00',
    ],
    skipped: [],
  });
});

it('a day that is triggered in a pause is cut out of what the pause skips', async () => {
  await world.setNow('2027-05-03T05:00:00Z');
  const { _id } = await world.create('2027-05-03T05:00:00Z');
  await world.change(_id, (input) => pauseSchedule({ ...input, reason: 'requested' }));
  await world.setNow('2027-05-06T05:00:00Z');
  await world.patch(_id, { timeZone: 'America/New_York' });
  await world.trigger(_id, { period: '2027-05-04' });
  await world.change(_id, resumeSchedule);
  await world.setNow('2027-05-07T12:00:00Z');
  await world.sweepOne(_id);
  expect(await spansOf(_id)).toEqual({
    made: ['05-04T04:00/05-05T04:00', '05-05T22:00/05-06T04:00', '05-06T04:00/05-07T04:00'],
    skipped: ['05-02T22:00/05-03T22:00', '05-03T22:00/05-04T04:00', '05-05T04:00/05-05T22:00'],
  });
  // And what is skipped can still be made, once.
  await backfill(_id, { from: '2027-05-03', to: '2027-05-06' });
  expect((await spansOf(_id)).skipped).toEqual([]);
});
