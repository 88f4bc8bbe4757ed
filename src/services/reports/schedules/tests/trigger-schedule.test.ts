import { MAX_SCHEDULES } from '../../../../domain/reports/schedule';
import { expectJoined, openScheduleWorld, type ScheduleWorld } from './schedule-world';

let world: ScheduleWorld;
beforeEach(async () => {
  world = await openScheduleWorld();
});
afterEach(() => world?.close());

const spans = async (scheduleId: string) =>
  (await world.runsOf(scheduleId)).map(({ window: { period, hours } }) => [period, hours]);

it('a day that was triggered before a change of zone is reported once', async () => {
  await world.setNow('2027-05-04T03:00:00Z');
  const { _id } = await world.create('2027-05-03T12:00:00Z');
  await world.trigger(_id);
  await world.patch(_id, { timeZone: 'America/New_York' });
  expect((await world.read(_id)).reportedUntil).toEqual(new Date('2027-05-03T22:00:00Z'));
  await world.setNow('2027-05-05T12:00:00Z');
  await world.sweepOne(_id);
  expectJoined(await world.runsOf(_id));
  expect(await spans(_id)).toEqual([
    ['2027-05-03', 24],
    [null, 6],
    ['2027-05-04', 24],
  ]);
});

it('a day that was triggered and failed is part of the bridge after a change of zone', async () => {
  await world.setNow('2027-05-04T03:00:00Z');
  const { _id } = await world.create('2027-05-03T12:00:00Z');
  await world.trigger(_id);
  await world.database.models.reportRuns.updateOne({ scheduleId: _id }, { $set: { outcome: 'failed' } });
  await world.patch(_id, { timeZone: 'America/New_York' });
  expect((await world.read(_id)).reportedUntil).toEqual(new Date('2027-05-02T22:00:00Z'));
});

it('a change of the formats alone leaves the windows where they are', async () => {
  await world.setNow('2027-05-04T03:00:00Z');
  const { _id, nextAt } = await world.create('2027-05-03T12:00:00Z');
  await world.trigger(_id);
  await world.patch(_id, { formats: ['json'] });
  expect((await world.read(_id)).nextAt).toEqual(nextAt);
});

it('a window of a new zone that a reported one has a part of is WINDOW_REPORTED, also as a remake', async () => {
  await world.setNow('2027-05-04T05:00:00Z');
  const { _id } = await world.create('2027-05-02T12:00:00Z');
  await world.sweepOne(_id);
  await world.patch(_id, { timeZone: 'America/New_York' });
  const runs = await world.runsOf(_id);
  for (const remake of [false, true])
    await expect(world.trigger(_id, { remake })).rejects.toMatchObject({
      code: 'WINDOW_REPORTED',
      message: expect.stringContaining(runs.at(-1)!.reportId!),
    });
  // No run has a time of that day.
  await world.trigger(_id, { period: '2027-04-30' });
  expect(await world.runsOf(_id)).toHaveLength(runs.length + 1);
});

it('the last run stays that of the newest window, though the sweep comes to older ones after it', async () => {
  await world.setNow('2027-05-06T05:00:00Z');
  const { _id } = await world.create('2027-05-03T12:00:00Z');
  await world.trigger(_id, { period: '2027-05-05' });
  expect(await world.sweepOne(_id)).toBe(2);
  const { lastRun, nextAt } = await world.read(_id);
  expect(lastRun).toMatchObject({ window: { period: '2027-05-05' } });
  expect(nextAt).toEqual(new Date('2027-05-07T04:00:00Z'));
});

it('schedules that have ended leave their places to others', async () => {
  await world.setNow('2027-05-03T12:00:00Z');
  for (let made = 0; made < MAX_SCHEDULES; made += 1) await world.create('2027-05-03T12:00:00Z');
  const { reportSchedules } = world.database.models;
  const first = await reportSchedules.findOne({}).lean().orFail();
  const inState = (state: 'paused' | 'ended') => reportSchedules.updateOne({ _id: first._id }, { $set: { state } });
  await inState('paused');
  await expect(world.create('2027-05-03T12:00:00Z')).rejects.toMatchObject({ code: 'SCHEDULE_LIMIT' });
  await inState('ended');
  expect(await world.create('2027-05-03T12:00:00Z')).toMatchObject({ state: 'active' });
});
