import { newId } from '../../../../domain/ids';
import { tenantIdOf } from '../../../../domain/tenant';
import { acceptDueReports, SCHEDULES_PAGE } from '../accept-due-reports';
import { openScheduleWorld, type ScheduleWorld } from './schedule-world';

let world: ScheduleWorld;
beforeEach(async () => {
  world = await openScheduleWorld();
});
afterEach(() => world?.close());

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();

it('a tenant whose schedules fail by the page keeps no other tenant from its reports', async () => {
  const { database } = world;
  const { reportSchedules } = database.models;
  const well = await world.create(daysAgo(2));
  const tenantId = tenantIdOf({ partnerId: newId('partner'), mode: 'live' });
  await reportSchedules.updateOne({ _id: well._id }, { $set: { tenantId } });
  for (let made = 0; made < SCHEDULES_PAGE; made += 1) await world.create(daysAgo(4));
  await reportSchedules.updateMany({ tenantId: world.tenantId }, { $set: { timeZone: 'Mars/Olympus' } });

  const at = new Date();
  const stopped = new Set<string>();
  const first = await acceptDueReports({
    database,
    at,
    after: null,
    onFailure: ({ scheduleId }) => stopped.add(scheduleId),
  });
  expect(first).toMatchObject({ accepted: 0, failed: SCHEDULES_PAGE });
  expect(stopped.size).toBe(SCHEDULES_PAGE);
  const second = await acceptDueReports({ database, at, after: first.next });
  expect(second).toMatchObject({ failed: 0, next: null });
  expect(second.accepted).toBeGreaterThan(0);
});

it('a database that is away ends the page, which is then swept again', async () => {
  await world.create(daysAgo(2));
  const away = Object.assign(new Error('stepping down'), { name: 'MongoWaitQueueTimeoutError' });
  const database = { ...world.database, inTransaction: () => Promise.reject(away) };
  await expect(acceptDueReports({ database, at: new Date(), after: null })).rejects.toBe(away);
});
