import { randomUUID } from 'node:crypto';
import type { ClientSession, mongo } from 'mongoose';
import type { Database } from '../../../models/database';
import { isDuplicateKey } from '../../../models/duplicate-key';
import { openTestDatabase } from '../test-database';

// How the indexes behave that the models rely on, checked on the server of the tests: MongoDB or a stand-in.
// No model relies on a unique index that frees a key when an update removes or changes it: the compiled stand-in frees
// the key only when the document is deleted (decision 0014).

interface Row {
  _id: string;
  tenantId: string;
  key?: string;
  due?: number;
  open?: true;
}
type Rows = mongo.Collection<Row>;

let database: Database;
let drop: () => Promise<void>;
const created: Rows[] = [];
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(async () => {
  for (const rows of created) await rows.drop();
  await drop();
});

async function createRows(keys: mongo.IndexSpecification, options: mongo.CreateIndexesOptions): Promise<Rows> {
  const name = `contract_${randomUUID()}`;
  await database.connection.createCollection(name);
  const rows = database.connection.collection<Row>(name) as unknown as Rows;
  created.push(rows);
  await rows.createIndex(keys, options);
  return rows;
}
const createUniqueRows = (options: mongo.CreateIndexesOptions = {}) =>
  createRows({ tenantId: 1, key: 1 }, { unique: true, ...options });
const row = (_id: string, key = 'a'): Row => ({ _id, tenantId: 't', key });
const isRefused = (write: Promise<unknown>): Promise<boolean> =>
  write.then(
    () => false,
    (error: unknown) => {
      if (!isDuplicateKey(error)) throw error;
      return true;
    },
  );

/** Runs a write by itself or in a transaction. */
type Run = (write: (session?: ClientSession) => Promise<unknown>) => Promise<unknown>;
const ways: [name: string, run: Run][] = [
  ['by itself', (write) => write()],
  ['in a transaction', (write) => database.inTransaction(write)],
];

describe.each(ways)('a write %s', (_name, run) => {
  it('frees the key of a unique index by deleting the document, every time', async () => {
    const rows = await createUniqueRows();
    for (const id of ['1', '2', '3']) {
      await run((session) => rows.insertOne(row(id), { session }));
      expect(await isRefused(run((session) => rows.insertOne(row('other'), { session })))).toBe(true);
      await run((session) => rows.deleteOne({ _id: id }, { session }));
    }
    expect(await rows.countDocuments()).toBe(0);
  });

  it('enters and leaves an ordinary partial index, which then finds exactly what is in its filter', async () => {
    const rows = await createRows({ due: 1 }, { partialFilterExpression: { open: true }, name: 'open_rows' });
    const documents = Array.from({ length: 30 }, (_, due): Row => ({ _id: `${due}`, tenantId: 't', due, open: true }));
    await run((session) => rows.insertMany(documents, { session }));
    await run((session) => rows.updateMany({ due: { $lt: 20 } }, { $unset: { open: 1 } }, { session }));
    await run((session) => rows.updateMany({ due: { $gte: 25 } }, { $inc: { due: 100 } }, { session }));
    await run((session) => rows.updateMany({ due: { $lt: 3 } }, { $set: { open: true } }, { session }));
    const due = () => rows.find({ open: true, due: { $lte: 100 } }).sort({ due: 1 });
    const found = [0, 1, 2, 20, 21, 22, 23, 24];
    expect((await due().toArray()).map((one) => one.due)).toEqual(found);
    expect((await due().hint('open_rows').toArray()).map((one) => one.due)).toEqual(found);
    expect(await rows.countDocuments({ open: true })).toBe(13);
  });
});

it('one transaction moves a unique key to another document, or a document to another key and back', async () => {
  const rows = await createUniqueRows();
  await rows.insertOne(row('1'));
  for (const [from, to] of [
    [row('1'), row('2')],
    [row('2'), row('2', 'b')],
    [row('2', 'b'), row('2')],
  ] as const)
    await database.inTransaction(async (session) => {
      await rows.deleteOne({ _id: from._id }, { session });
      await rows.insertOne(to, { session });
    });
  expect(await rows.find().toArray()).toEqual([row('2')]);
  expect(await isRefused(rows.insertOne(row('3')))).toBe(true);
  expect(await isRefused(rows.insertOne(row('3', 'b')))).toBe(false);
});

it('a transaction that is aborted neither takes a unique key nor frees it', async () => {
  const rows = await createUniqueRows();
  const abort = (write: (session: ClientSession) => Promise<unknown>) =>
    database
      .inTransaction(async (session) => {
        await write(session);
        throw new Error('aborted');
      })
      .catch((error: Error) => expect(error.message).toBe('aborted'));
  await abort((session) => rows.insertOne(row('1'), { session }));
  await rows.insertOne(row('2'));
  await abort((session) => rows.deleteOne({ _id: '2' }, { session }));
  expect(await isRefused(rows.insertOne(row('3')))).toBe(true);
});

it('of many who take a unique key at the same moment one gets it, again after each release', async () => {
  const rows = await createUniqueRows();
  for (let round = 0; round < 3; round++) {
    const takes = Array.from({ length: 8 }, (_, n) =>
      isRefused(database.inTransaction((session) => rows.insertOne(row(`${round}/${n}`), { session }))),
    );
    expect((await Promise.all(takes)).filter((refused) => !refused)).toHaveLength(1);
    await rows.deleteMany({ key: 'a' });
  }
});

it('a unique partial index refuses only documents within its filter', async () => {
  const rows = await createUniqueRows({ partialFilterExpression: { open: true } });
  await rows.insertMany([row('1'), row('2'), { ...row('3'), open: true }]);
  expect(await isRefused(rows.insertOne({ ...row('4'), open: true }))).toBe(true);
  expect(await isRefused(rows.insertOne(row('5')))).toBe(false);
});
