import type { Database } from '../../../models/database';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { afterFirstRead } from '../../../testing/faults/after-first-read';
import { rowFor } from '../../../testing/relay-test-bed';
import { watchCommands } from '../../../testing/servers/count-commands';
import { waitFor } from '../../../testing/wait-for';
import { insertDocuments } from '../../../services/insert-documents';
import { markDone } from '../../../services/outbox';
import { leaseRows, releaseRows } from '../outbox-leases';

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterEach(async () => {
  jest.restoreAllMocks();
  await database.models.outbox.deleteMany({});
});
afterAll(() => drop());

const lease = ({ leaseMs = 60_000, atMost = 100 } = {}) =>
  leaseRows({ database, consumers: ['temporal'], atMost, leaseMs });

test('a relay leases none of the rows that another relay leased after both had read them', async () => {
  await database.models.outbox.insertMany(Array.from({ length: 10 }, () => rowFor('temporal')));
  let other: string[] = [];
  const leaseFour = async () => {
    other = (await lease({ atMost: 4 })).rows.map(({ _id }) => _id);
  };
  afterFirstRead(database.models.outbox, leaseFour, 'find');
  const own = (await lease()).rows.map(({ _id }) => _id);
  expect([own.length, other.length]).toEqual([6, 4]);
  expect(own.filter((id) => other.includes(id))).toEqual([]);
});

test('a relay whose lease is over releases no row that another relay has leased since', async () => {
  await database.models.outbox.insertMany([rowFor('temporal')]);
  const [late, present] = [await lease({ leaseMs: 0 }), await lease()];
  expect(present.rows).toHaveLength(1);
  const rowIds = late.rows.map(({ _id }) => _id);
  await releaseRows({ database, token: late.token, rowIds, afterMs: 0 });
  expect((await lease()).rows).toEqual([]);
  await releaseRows({ database, token: present.token, rowIds, afterMs: 0 });
  expect((await lease()).rows).toHaveLength(1);
});

test('a transaction that holds a due row goes on while that row is being leased', async () => {
  const { outbox } = database.models;
  const [held, added] = [rowFor('temporal'), rowFor('temporal')];
  await outbox.insertMany([held]);
  const leases: ReturnType<typeof lease>[] = [];
  await database.inTransaction(async (session) => {
    await markDone({ database, rowId: held._id, consumer: 'temporal', session });
    const taken = watchCommands(database);
    leases.push(lease());
    await waitFor(() => taken().includes('update outbox'), { what: 'the lease to be tried', everyMs: 5 });
    await database.ping();
    await insertDocuments({ model: outbox, documents: [added], session });
  });
  expect((await Promise.all(leases)).map(({ rows }) => rows)).toEqual([[]]);
  expect((await lease()).rows.map(({ _id }) => _id)).toEqual([added._id]);
}, 30_000);
