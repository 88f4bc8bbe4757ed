import { randomUUID } from 'node:crypto';
import type { EventType } from '../../../../contracts/events';
import { cars, golf } from '../../../../testing/contract/seed-listing';
import { expectContract } from '../../../../testing/expect-contract';
import { startTestApi, type TestApi } from '../../../../testing/test-api';

let api: TestApi;
let key: string;
let tenantId: string;

beforeAll(async () => {
  api = await startTestApi();
});
beforeEach(async () => {
  ({ key, tenantId } = await api.newTenant());
  await api.call('put', '/listing-categories/cars', key).send(cars);
});
afterAll(() => api.stop());

type Item = Record<string, unknown>;
const car = (index: number): Item => ({ ...golf, ref: `car-${index}`, title: `Golf ${index}` });
const carsOf = (count: number): Item[] => Array.from({ length: count }, (_, index) => car(index));
const bulk = async (body: object, idempotencyKey: string = randomUUID()) =>
  expectContract(await api.call('post', '/listings/bulk', key).set('Idempotency-Key', idempotencyKey).send(body));
const stored = () => api.database.models.listings.find({ tenantId }).sort({ _id: 1 }).lean();
const eventsOf = (type: EventType) => api.database.models.events.countDocuments({ tenantId, type });

it('a repeat gets the same response, and a batch that ended half-way is finished under its key', async () => {
  const idempotencyKey = randomUUID();
  const body = { mode: 'create', items: carsOf(130) };
  const inTransaction = api.database.inTransaction.bind(api.database);
  let transactions = 0;
  // The process loses its database in the second of three transactions, once it is committed.
  const broken = jest.spyOn(api.database, 'inTransaction').mockImplementation(async (work) => {
    const result = await inTransaction(work);
    transactions += 1;
    if (transactions === 2) throw new Error('connection lost');
    return result;
  });
  expect((await api.call('post', '/listings/bulk', key).set('Idempotency-Key', idempotencyKey).send(body)).status).toBe(
    500,
  );
  broken.mockRestore();
  const before = await stored();
  expect(before).toHaveLength(100);
  const { body: finished } = await bulk(body, idempotencyKey);
  expect(finished.counts).toEqual({ created: 130, updated: 0, unchanged: 0, refused: 0 });
  const listings = await stored();
  expect(listings).toHaveLength(130);
  expect(finished.items.map(({ id }: Item) => id).toSorted()).toEqual(listings.map(({ _id }) => _id).toSorted());
  expect(await eventsOf('listing.created')).toBe(130);
  const repeated = await bulk(body, idempotencyKey);
  expect(repeated.headers['idempotent-replayed']).toBe('true');
  expect(repeated.body).toEqual(finished);
  expect((await bulk({ ...body, mode: 'upsert' }, idempotencyKey)).body).toMatchObject({
    code: 'IDEMPOTENCY_KEY_REUSED',
  });
});

it('two attempts of one batch at once carry out each item once', async () => {
  const idempotencyKey = randomUUID();
  const body = { mode: 'create', items: carsOf(60).map(({ ref: _ref, ...item }) => item) };
  const records = api.database.models.idempotency;
  let second: ReturnType<typeof bulk> | undefined;
  // The first attempt has found nothing done, and is held there until its lock has lapsed and a repeat has done it all.
  const held = jest.spyOn(records, 'find').mockImplementationOnce((() => ({
    async lean() {
      await records.updateMany({ tenantId, reply: null }, { $set: { lockedUntil: new Date(0) } });
      second = bulk(body, idempotencyKey);
      await second;
      return [];
    },
  })) as never);
  const first = await bulk(body, idempotencyKey);
  held.mockRestore();
  expect([first.body.code, (await second!).body.counts]).toMatchObject(['REQUEST_IN_FLIGHT', { created: 60 }]);
  const again = await bulk(body, idempotencyKey);
  expect(again.body.counts).toMatchObject({ created: 60 });
  expect(await stored()).toHaveLength(60);
});

it('divides what keeps losing to other writers, and finishes', async () => {
  await bulk({ mode: 'upsert', items: carsOf(40) });
  const inTransaction = api.database.inTransaction.bind(api.database);
  const { mongo } = api.database.models.listings.base;
  const sizes: number[] = [];
  // Every transaction with more than ten listings meets a conflict at its end.
  const losing = jest.spyOn(api.database, 'inTransaction').mockImplementation((work) =>
    inTransaction(async (session) => {
      const result = await work(session);
      if (!Array.isArray(result)) return result;
      sizes.push(result.length);
      if (result.length > 10)
        throw new mongo.MongoServerError({ message: 'x', errorLabels: ['TransientTransactionError'] });
      return result;
    }),
  );
  const items = carsOf(40).map((item) => ({ ...item, description: 'Changed by the import of today.' }));
  const { body } = await bulk({ mode: 'upsert', items });
  losing.mockRestore();
  expect(body.counts).toMatchObject({ updated: 40 });
  expect(sizes).toEqual([40, 40, 20, 20, 10, 10, 20, 20, 10, 10]);
  expect(await eventsOf('listing.updated')).toBe(40);
});

it('keeps its lock however many transactions fit into a millisecond', async () => {
  const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now());
  const { status, body } = await bulk({ mode: 'create', items: carsOf(120) });
  now.mockRestore();
  expect([status, body.counts]).toMatchObject([200, { created: 120 }]);
});

it('answers a batch of items with all their faults', async () => {
  const keys = Object.fromEntries(Array.from({ length: 49 }, (_, index) => [`${'~'.repeat(80)}${index}`, 1]));
  const items = [car(0), ...Array.from({ length: 999 }, () => keys)];
  const { status, body } = await bulk({ mode: 'create', items });
  expect([status, body.counts]).toEqual([200, { created: 1, updated: 0, unchanged: 0, refused: 999 }]);
  expect(body.items[1].problem).toMatchObject({ code: 'INVALID_REQUEST', detail: expect.stringContaining('more') });
});
