import { pauseSchedule, resumeSchedule } from '../move-schedule';
import { expectJoined, openScheduleWorld, type ScheduleWorld } from './schedule-world';

let world: ScheduleWorld;
beforeEach(async () => {
  world = await openScheduleWorld();
});
afterEach(() => world?.close());

const pause = (scheduleId: string) =>
  world.change(scheduleId, (input) => pauseSchedule({ ...input, reason: 'requested' }));
const resume = (scheduleId: string) => world.change(scheduleId, resumeSchedule);
/** The windows in short: the period or the ends of a bridge, and what became of it. */
const runsOf = async (scheduleId: string) =>
  (await world.runsOf(scheduleId)).map(({ window: { period, startAt, endAt }, outcome, reason }) => [
    period ?? `${startAt.slice(5, 16)}/${endAt.slice(5, 16)}`,
    reason ?? outcome ?? 'making',
  ]);

/** Makes a daily schedule whose windows from 3 May on fire in a pause, which still lasts on 6 May at 05:00. */
async function openPaused(): Promise<string> {
  await world.setNow('2027-05-03T05:00:00Z');
  const { _id } = await world.create('2027-05-02T12:00:00Z');
  await world.sweepOne(_id);
  await pause(_id);
  await world.setNow('2027-05-06T05:00:00Z');
  return _id;
}

it.each([
  ['its time', { at: '07:00' }, ['2027-05-06', 'making']],
  ['its cron', { cron: '0 7 * * *' }, ['2027-05-06', 'making']],
  ['its zone', { timeZone: 'America/New_York' }, ['05-05T22:00/05-06T04:00', 'making']],
] as const)('what fell due in a pause is skipped, though %s was changed in it', async (_what, changes, next) => {
  const _id = await openPaused();
  await world.patch(_id, changes);
  await resume(_id);
  await world.setNow('2027-05-07T06:00:00Z');
  await world.sweepOne(_id);
  const runs = await runsOf(_id);
  expect(runs.slice(0, 5)).toEqual([
    ['2027-05-02', 'making'],
    ['2027-05-03', 'paused'],
    ['2027-05-04', 'paused'],
    ['2027-05-05', 'paused'],
    next,
  ]);
  expectJoined(await world.runsOf(_id));
  expect(await world.read(_id)).toMatchObject({ earlierTimes: [] });
});

it('what fell due before the times were changed in a pause, and after, follows the times of then', async () => {
  const _id = await openPaused();
  await world.patch(_id, { at: '20:00' });
  await world.setNow('2027-05-08T05:00:00Z');
  await world.patch(_id, { period: 'week', on: 'monday' });
  await world.setNow('2027-05-08T19:00:00Z');
  await resume(_id);
  await world.setNow('2027-05-10T18:30:00Z');
  expect(await world.sweepOne(_id)).toBe(1);
  expect((await runsOf(_id)).slice(1)).toEqual([
    ['2027-05-03', 'paused'],
    ['2027-05-04', 'paused'],
    ['2027-05-05', 'paused'],
    ['2027-05-06', 'paused'],
    ['05-06T22:00/05-09T22:00', 'making'],
  ]);
});

it('a change of the times in a pause keeps one record of them, however often it is made', async () => {
  const _id = await openPaused();
  for (const at of ['07:00', '08:00', '09:00']) await world.patch(_id, { at });
  expect((await world.read(_id)).earlierTimes).toMatchObject([{ schedule: { at: '06:00' } }]);
});

it.each([
  ['none', ['catch_up', 'catch_up', 'catch_up']],
  ['latest', ['catch_up', 'catch_up', 'making']],
  ['all', ['making', 'making', 'making']],
] as const)('after an outage makes what %s says, though the times were changed in it', async (catchUp, outcomes) => {
  await world.setNow('2027-05-06T05:30:00Z');
  const { _id } = await world.create('2027-05-03T12:00:00Z', { catchUp });
  await world.patch(_id, { at: '09:00' });
  await world.setNow('2027-05-06T06:30:00Z');
  await world.sweepOne(_id);
  expect((await runsOf(_id)).map(([, outcome]) => outcome)).toEqual(outcomes);
});
