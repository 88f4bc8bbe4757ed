import mongoose from 'mongoose';
import { newId } from '../../../../domain/ids';
import type { Database } from '../../../../models/database';
import { openTestDatabase } from '../../../../testing/servers/test-database';
import { visibleWorkflows } from '../../../../queue/reconciler/tests/visible-workflows';
import { createReconciler } from '../../../../queue/reconciler/reconcile';
import { silent } from '../../../../testing/queue-test-bed';
import { seedPartner } from '../../../../testing/worlds/seed-partner';
import { createStuckOperations } from '../../../operator/stuck-operations';
import { expireDueListings } from '../expire-due';
import { sendDueNotices } from '../send-notices';
import { dueListing } from './due-listing';

const MIDNIGHT = new Date('2026-01-16T00:00:00Z');
const MORNING = new Date('2026-01-16T09:00:00Z');

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(() => drop());

/** Writes listings of a new partner that have ended, and an event that stands in the way of the second one's next. */
async function withPoison() {
  const { tenantId } = await seedPartner({ database, mode: 'live' });
  const listings = Array.from({ length: 3 }, () => ({
    ...dueListing({ tenantId, midnight: MIDNIGHT }),
    endSetAt: new Date('2025-12-16T00:00:00Z'),
  }));
  await database.models.listings.collection.insertMany(listings as never);
  const ids = listings.map(({ _id }) => _id);
  const at = new Date('2026-01-17T00:00:00Z');
  return { tenantId, ids, poison: ids[1]!, page: { database, tenantId, at, after: null } };
}
const plant = (tenantId: string, entityId: string, step: string) =>
  database.models.events.collection.insertOne({
    _id: newId('event'),
    tenantId,
    entityId,
    step,
    version: 9,
    type: 'listing.changed',
    at: MIDNIGHT,
    data: {},
  } as never);
const openItems = (tenantId: string) => database.models.stuckItems.find({ tenantId, open: true }).lean();
const reconcile = () =>
  createReconciler({ database, processes: visibleWorkflows().processes, logger: silent, recheckAfterMs: 20 })();

it('a listing that cannot expire is left out and listed, until nothing of it is due', async () => {
  const { tenantId, ids, poison, page } = await withPoison();
  await plant(tenantId, poison, `expire/1/${MIDNIGHT.toISOString()}`);
  expect(await expireDueListings(page)).toEqual({ expired: 2, next: null });
  expect(await expireDueListings(page)).toEqual({ expired: 0, next: null });
  const states = await database.models.listings.find({ _id: { $in: ids } }).lean();
  expect(states.filter(({ state }) => state === 'live').map(({ _id }) => _id)).toEqual([poison]);
  const detail = expect.stringMatching(/^The sweep cannot expire the listing: Mongo\w+ 11000$/);
  expect(await openItems(tenantId)).toMatchObject([
    { kind: 'listing_sweep', entityType: 'listing', entityId: poison, subject: poison, detail },
  ]);

  await reconcile();
  expect(await openItems(tenantId)).toHaveLength(1);
  await database.models.listings.collection.updateOne(
    { _id: poison as never },
    { $set: { state: 'withdrawn', nextNoticeAt: null } },
  );
  await reconcile();
  expect(await openItems(tenantId)).toEqual([]);
});

it('a listing whose notice cannot be sent is left out and listed, until an operator closes it', async () => {
  const { tenantId, poison, page } = await withPoison();
  const before = { ...page, at: new Date(MIDNIGHT.getTime() - 1) };
  const planned = new Date('2026-01-15T09:00:00Z');
  await database.models.listings.collection.updateMany({ tenantId }, { $set: { nextNoticeAt: planned } });
  await plant(tenantId, poison, `remind/1/${planned.toISOString()}`);
  expect(await sendDueNotices(before)).toEqual({ reminded: 2, ended: 0, next: null });
  const detail = expect.stringMatching(/^The sweep cannot send its notice: Mongo\w+ 11000$/);
  expect(await openItems(tenantId)).toMatchObject([{ kind: 'listing_sweep', entityId: poison, detail }]);

  const [item] = await openItems(tenantId);
  const operations = createStuckOperations({ database, workflows: undefined as never });
  const by = { kind: 'operator', id: null } as const;
  const restarting = database.inTransaction((session) => operations.restart({ item: item!, by, session }));
  await expect(restarting).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
  await database.inTransaction((session) => operations.close({ item: item!, by, reason: 'Known', session }));
  expect(await openItems(tenantId)).toEqual([]);
});

it('a database that is not available puts nothing on the list', async () => {
  const { tenantId, page } = await withPoison();
  const lost = new mongoose.mongo.MongoServerError({ message: 'x', errorLabels: ['TransientTransactionError'] });
  const away = { ...database, inTransaction: () => Promise.reject(lost) };
  await expect(expireDueListings({ ...page, database: away })).rejects.toBe(lost);
  expect(await openItems(tenantId)).toEqual([]);
});

it('an end or a notice that a listing gets for the second time is a step of its own', async () => {
  const { tenantId, ids, page } = await withPoison();
  await expireDueListings(page);
  const again = { state: 'live', version: 3, expiresAt: MIDNIGHT };
  await database.models.listings.collection.updateMany({ tenantId }, { $set: again });
  expect(await expireDueListings(page)).toEqual({ expired: 3, next: null });
  const end = { expiresAt: new Date('2026-01-21T00:00:00Z'), lastDay: '2026-01-20' };
  const planned = { state: 'live', ...end, remindedDays: null };
  for (const version of [5, 7]) {
    const set = { ...planned, version, nextNoticeAt: MORNING };
    await database.models.listings.collection.updateMany({ tenantId }, { $set: set });
    expect(await sendDueNotices(page)).toEqual({ reminded: 3, ended: 0, next: null });
  }
  expect(await database.models.events.countDocuments({ entityId: ids[0] })).toBe(4);
});
