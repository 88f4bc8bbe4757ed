import type { Database } from '../../../models/database';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { afterFirstRead } from '../../../testing/faults/after-first-read';
import { rowFor } from '../../../testing/relay-test-bed';
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
