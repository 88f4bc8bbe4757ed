import { newId } from '../../../domain/ids';
import type { Database } from '../../../models/database';
import { createStuckOperations } from '../../../services/operator/stuck-operations';
import { areBucketsBuilt } from '../../../services/reports/buckets/buckets-progress';
import { eventIdAt } from '../../../services/reports/gather/tests/random-facts';
import { silent } from '../../../testing/queue-test-bed';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { tester } from '../../../testing/worlds/base-world';
import { DAYS_PER_LOOK } from '../look-at-buckets';
import { createReconciler } from '../reconcile';
import { visibleWorkflows } from './visible-workflows';

const tenantId = `${newId('partner')}:live`;
const other = `${newId('partner')}:sandbox`;

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(() => drop());

const look = () => createReconciler({ database, processes: visibleWorkflows().processes, logger: silent })();
const openItems = () => database.models.stuckItems.find({ open: true }).lean();
const day = (number: number): string => `2026-03-${String(number).padStart(2, '0')}`;

/** Writes events of one tenant, as if they had been counted by a version that knew no buckets. */
async function seedEvents(of: string, days: readonly string[]): Promise<void> {
  const documents = days.map((date, version) => ({
    _id: eventIdAt(new Date(`${date}T12:00:00Z`)),
    tenantId: of,
    entityId: `usr_${date}`,
    step: `${version}`,
    type: 'user.changed',
    at: new Date(`${date}T11:59:00Z`),
    data: {},
  }));
  await database.models.events.collection.insertMany(documents as never);
}

it('the first round counts every day of before the buckets, and later rounds list what differs', async () => {
  const { reportBuckets } = database.models;
  // The days of the other tenant are more than a look compares.
  const days = Array.from({ length: DAYS_PER_LOOK + 1 }, (_, index) => day(index + 1));
  const tenants = [tenantId, other].toSorted();
  for (const of of tenants) await seedEvents(of, days);
  expect(await areBucketsBuilt({ database })).toBe(false);
  expect(await look()).toEqual({ listed: 0, mended: 0 });
  expect(await areBucketsBuilt({ database })).toBe(true);
  expect(await reportBuckets.countDocuments({ count: 1, kind: 'user.changed' })).toBe(2 * days.length);

  const [last] = days.slice(-1);
  await reportBuckets.updateOne({ tenantId: tenants[0]!, recordedDay: last! }, { $inc: { count: 1 } });
  await reportBuckets.deleteMany({ tenantId: tenants[1]!, recordedDay: last! });
  expect(await look()).toEqual({ listed: 0, mended: 0 });
  expect(await look()).toEqual({ listed: 1, mended: 0 });
  expect(await look()).toEqual({ listed: 1, mended: 0 });
  const items = (await openItems()).toSorted((one, two) => (one.tenantId < two.tenantId ? -1 : 1));
  expect(items.map(({ kind, tenantId: of, entityId }) => [kind, of, entityId])).toEqual(
    tenants.map((of) => ['buckets_differ', of, last]),
  );
  expect(items[0]!.detail).toContain('1 bucket(s) of the events recorded on 2026-03-06 differ');

  // One is counted again by an operator, the other is mended by hand.
  const operations = createStuckOperations({ database, workflows: undefined as never });
  await database.inTransaction((session) => operations.restart({ item: items[1]!, by: tester, session }));
  expect(await openItems()).toHaveLength(1);
  await reportBuckets.updateOne({ tenantId: tenants[0]!, recordedDay: last! }, { $inc: { count: -1 } });
  expect(await look()).toEqual({ listed: 0, mended: 1 });
  expect(await look()).toEqual({ listed: 0, mended: 0 });
  expect(await openItems()).toEqual([]);
});

it('a day that cannot be counted is listed, holds up no other one, and is counted once it can be', async () => {
  const { events, reconcilerStates, reportBuckets } = database.models;
  const poisoned = `${newId('partner')}:live`;
  await seedEvents(poisoned, [day(11), day(12)]);
  const broken = { tenantId: poisoned, entityId: `usr_${day(11)}` };
  await events.collection.updateOne(broken, { $unset: { at: 1 } });
  await reconcilerStates.updateOne({ _id: 'reconciler' }, { $unset: { buckets: 1 } });
  expect(await look()).toEqual({ listed: 1, mended: 0 });
  expect(await look()).toEqual({ listed: 0, mended: 0 });
  expect(await openItems()).toMatchObject([{ kind: 'buckets_differ', tenantId: poisoned, entityId: day(11) }]);
  expect(await reportBuckets.countDocuments({ tenantId: poisoned })).toBe(1);
  expect(await areBucketsBuilt({ database })).toBe(false);

  await events.collection.updateOne(broken, { $set: { at: new Date(`${day(11)}T11:59:00Z`) } });
  await look();
  expect(await areBucketsBuilt({ database })).toBe(true);
  expect(await reportBuckets.countDocuments({ tenantId: poisoned })).toBe(2);
  await look();
  expect(await openItems()).toEqual([]);
});

it('of a large day the number of events is compared', async () => {
  const large = `${newId('partner')}:live`;
  const { events, reportBuckets } = database.models;
  await seedEvents(
    large,
    Array.from({ length: 1001 }, () => day(9)),
  );
  const about = { tenantId: large, source: 'event', recordedDay: day(9), day: day(9), kind: 'user.changed' };
  const [first, second] = [1000, 1].map((count, part) => ({ _id: `${large}/${part}`, ...about, count }));
  await reportBuckets.collection.insertMany([first, second] as never);
  const round = async (): Promise<number> => {
    let listed = 0;
    for (let looks = 0; looks < 4; looks += 1) ({ listed } = { listed: listed + (await look()).listed });
    return listed;
  };
  expect(await round()).toBe(0);
  await reportBuckets.updateOne({ _id: `${large}/0` }, { $inc: { count: 1 } });
  expect(await round()).toBe(1);
  const [item] = await openItems();
  expect(item?.detail).toContain('1001 events were recorded on 2026-03-09, of which 0 wait to be counted, and');
  await events.deleteMany({ tenantId: large });
});
