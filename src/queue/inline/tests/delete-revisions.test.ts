import { acceptListing } from '../../../services/listings/accept-listing';
import { deleteListing } from '../../../services/listings/delete-listing';
import { putCategory } from '../../../services/listings/put-category';
import type { Database } from '../../../models/database';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { createDeleteRevisions } from '../delete-revisions';

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(() => drop());

const tenantId = 'ptn_1:live';
const at = new Date('2026-11-21T09:00:00.000Z');
const by = { kind: 'api_key', id: null } as const;
const unset = { parent: null, attributes: [], price: null, durationDays: null, review: null };
const terms = { names: { en: 'Bikes', de: 'Räder' }, ...unset };
const bike = { title: 'A bike', description: 'Nearly new', category: 'bikes' };

/** Makes a listing with this number of revisions. Returns its id. */
async function listingWith(revisions: number): Promise<string> {
  const nobody = { ownerUserId: null, ownerRef: null, ref: null, durationDays: null, lastDay: null };
  const { _id } = await database.inTransaction((session) =>
    acceptListing({ database, session, tenantId, content: bike, ...nobody, correlationId: 'corr-1', by, at }),
  );
  const first = await database.models.listingRevisions.findById(`${_id}/1`).lean().orFail();
  const further = Array.from({ length: revisions - 1 }, (_, index) => index + 2);
  await database.models.listingRevisions.insertMany(
    further.map((revision) => ({ ...first, _id: `${_id}/${revision}`, revision })),
  );
  return _id;
}

it('deletes all revisions of a deleted listing, however many, and none of another', async () => {
  const { models } = database;
  await database.inTransaction((session) =>
    putCategory({ database, session, tenantId, slug: 'bikes', before: null, terms, at }),
  );
  const [deleted, kept] = [await listingWith(2500), await listingWith(3)];
  await database.inTransaction((session) =>
    deleteListing({ database, session, listing: { _id: deleted, tenantId }, by, at }),
  );
  const counts = () =>
    Promise.all([deleted, kept].map((listingId) => models.listingRevisions.countDocuments({ tenantId, listingId })));
  expect(await counts()).toEqual([2500, 3]);

  const waiting = () => models.outbox.find({ open: true, pending: 'revisions' }).lean();
  const rows = await waiting();
  expect(rows.map(({ entityId }) => entityId)).toEqual([deleted]);
  // Rows may be applied again.
  for (const _ of ['once', 'again']) await createDeleteRevisions({ database })(rows);
  expect([await counts(), await waiting()]).toEqual([[0, 3], []]);
});
