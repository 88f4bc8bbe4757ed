import mongoose from 'mongoose';
import type { Database } from '../../../../models/database';
import { openTestDatabase } from '../../../../testing/servers/test-database';
import { seedPartner } from '../../../../testing/worlds/seed-partner';
import type { SweepPageInput } from '../due-listings';
import { expireDueListings } from '../expire-due';
import { sendDueNotices } from '../send-notices';
import { acceptSweep } from '../sweep-operation';
import { dueListing } from './due-listing';

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(() => drop());

/** Writes listings of a new partner, which have ended, and whose owners are to be notified of that. */
async function due(count: number) {
  const { tenantId } = await seedPartner({ database });
  const midnight = new Date('2027-01-16T00:00:00Z');
  const listings = Array.from({ length: count }, () => dueListing({ tenantId, midnight }));
  await database.models.listings.collection.insertMany(listings as never);
  const page = { tenantId, at: new Date('2027-01-17T00:00:00Z'), after: null };
  return { tenantId, page };
}

/** Returns the database with something done once, before its next transaction begins. */
function beforeTransaction(act: () => Promise<unknown>): Database {
  let isDone = false;
  return {
    ...database,
    async inTransaction(work) {
      if (!isDone) await act();
      isDone = true;
      return database.inTransaction(work);
    },
  };
}

/** Returns the database whose next transaction has a conflict at its end, and is carried out again. */
function withConflict(): Database {
  let isOver = false;
  return {
    ...database,
    inTransaction: (work) =>
      database.inTransaction(async (session) => {
        const result = await work(session);
        if (isOver) return result;
        isOver = true;
        const conflict = new mongoose.mongo.MongoServerError({ message: 'A conflict' });
        conflict.addErrorLabel('TransientTransactionError');
        throw conflict;
      }),
  };
}

const steps = [
  ['expires', expireDueListings, { expired: 3 }, { expired: 0 }],
  ['notifies', sendDueNotices, { ended: 3 }, { ended: 0 }],
] as const;
type Step = (input: SweepPageInput) => Promise<object>;

it.each(steps)('a sweep that another one overtook %s nobody again', async (_, run: Step, all, none) => {
  const { tenantId, page } = await due(3);
  if (run === sendDueNotices) await expireDueListings({ ...page, database });
  let first: object | undefined;
  const overtaken = beforeTransaction(async () => {
    first = await run({ ...page, database });
  });
  expect(await run({ ...page, database: overtaken })).toMatchObject(none);
  expect(first).toMatchObject(all);
  expect(await database.models.events.countDocuments({ tenantId, type: 'listing.expired' })).toBe(3);
  expect(await database.models.outbox.countDocuments({ tenantId, mail: { $ne: null } })).toBe(
    all === steps[1][2] ? 3 : 0,
  );
});

it('a transaction that is carried out twice counts for its operation once', async () => {
  const { tenantId, page } = await due(3);
  const { operation } = await database.inTransaction((session) =>
    acceptSweep({
      database,
      session,
      tenantId,
      partnerId: null,
      dryRun: false,
      correlationId: 'c-1',
      by: { kind: 'operator', id: null },
      at: new Date(),
    }),
  );
  const { _id: operationId } = operation;
  await expireDueListings({ ...page, operationId, database: withConflict() });
  await sendDueNotices({ ...page, operationId, database: withConflict() });
  const { sweep } = await database.models.operations.findById(operationId).lean().orFail();
  expect(sweep!.counts).toEqual({ expired: 3, reminded: 0, ended: 3 });
});
