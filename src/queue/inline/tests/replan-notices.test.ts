import { newId } from '../../../domain/ids';
import type { Database } from '../../../models/database';
import { createClock } from '../../../services/clock';
import { orderReplan } from '../../../services/listings/sweep/replan-notices';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { seedPartner } from '../../../testing/worlds/seed-partner';
import { createReplanNotices } from '../replan-notices';

const DAY = 86_400_000;
const MANY = 450;

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(() => drop());

const openRows = (tenantId: string) => database.models.outbox.find({ tenantId, open: true, pending: 'notices' }).lean();

it('plans the notices of any number of listings anew, by the clock of their tenant alone', async () => {
  const { listings, sandboxClocks } = database.models;
  const { partnerId, tenantId } = await seedPartner({ database });
  const { tenantId: other } = await seedPartner({ database });
  await sandboxClocks.updateOne({ _id: tenantId }, { $set: { offsetMs: 3 * DAY } }, { upsert: true, strict: false });
  const planned = new Date(Date.now() + 30 * DAY);
  const insert = (owner: string, count: number) =>
    listings.collection.insertMany(
      Array.from({ length: count }, () => {
        const _id = newId('listing');
        return { _id, tenantId: owner, refKey: `id:${_id}`, state: 'live', nextNoticeAt: planned };
      }) as never,
    );
  await insert(tenantId, MANY);
  await insert(other, 1);
  await database.inTransaction((session) => orderReplan({ database, session, partnerId, correlationId: 'corr-1' }));
  const [now, later, ...none] = await openRows(tenantId);
  expect(none).toEqual([]);
  expect(later!.dueAt.getTime() - now!.dueAt.getTime()).toBeCloseTo(120_000, -4);

  const replan = createReplanNotices({ database, maxSlices: 1 });
  const count = () => listings.countDocuments({ tenantId, nextNoticeAt: planned });
  // Rows may be applied again, and by two relays.
  await Promise.all([replan([now!]), replan([now!])]);
  // A slice does less than half of them: the rest is left to new rows.
  expect(await count()).toBeGreaterThan(0);
  for (let rows = await openRows(tenantId); rows.length > 0; rows = await openRows(tenantId))
    await replan(rows.slice(0, 1));
  expect(await count()).toBe(0);

  const at = (await createClock({ database }).now(tenantId)).getTime();
  const { nextNoticeAt } = await listings.findOne({ tenantId }).lean().orFail();
  expect(nextNoticeAt!.getTime() - at).toBeGreaterThan(-60_000);
  expect(nextNoticeAt!.getTime() - at).toBeLessThanOrEqual(DAY);
  expect(nextNoticeAt!.toISOString()).toMatch(/T09:00:00/);
  expect(await listings.countDocuments({ tenantId: other, nextNoticeAt: planned })).toBe(1);
});
