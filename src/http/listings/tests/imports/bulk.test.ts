import { randomUUID } from 'node:crypto';
import type { EventType } from '../../../../contracts/events';
import { cars, golf } from '../../../../testing/contract/seed-listing';
import { expectContract } from '../../../../testing/expect-contract';
import { watchCommands } from '../../../../testing/servers/count-commands';
import { startTestApi, type TestApi } from '../../../../testing/test-api';

let api: TestApi;
let key: string;
let tenantId: string;
let taken: () => string[];

beforeAll(async () => {
  api = await startTestApi();
  taken = watchCommands(api.database);
});
beforeEach(async () => {
  ({ key, tenantId } = await api.newTenant());
  await api.call('put', '/listing-categories/cars', key).send(cars);
});
afterAll(() => api.stop());

type Item = Record<string, unknown>;
const car = (index: number, changes: Item = {}): Item => ({
  ...golf,
  ref: `car-${index}`,
  title: `Golf ${index}`,
  ...changes,
});
const carsOf = (count: number): Item[] => Array.from({ length: count }, (_, index) => car(index));

const bulk = async (body: object, idempotencyKey: string = randomUUID()) =>
  expectContract(await api.call('post', '/listings/bulk', key).set('Idempotency-Key', idempotencyKey).send(body));
const lines = async (text: string, query = '?mode=create') =>
  expectContract(
    await api
      .call('post', `/listings/bulk${query}`, key)
      .set({ 'Idempotency-Key': randomUUID(), 'Content-Type': 'application/x-ndjson' })
      .send(text),
  );
const listings = () => api.database.models.listings;
const stored = () => listings().find({ tenantId }).sort({ _id: 1 }).lean();
const eventsOf = (type: EventType) => api.database.models.events.countDocuments({ tenantId, type });

it('takes the good items, and explains each bad one by its place and pointer', async () => {
  const items: unknown[] = carsOf(120);
  const bad: [number, unknown, string, string][] = [
    [3, car(3, { price: { amountMinor: 1, currency: 'EUR' } }), 'PRICE_OUT_OF_BOUNDS', '/price/amountMinor'],
    [7, car(7, { category: 'boats' }), 'CATEGORY_UNKNOWN', '/category'],
    [50, { title: 'No category', description: 'None' }, 'INVALID_REQUEST', '/category'],
    [51, 'no object', 'INVALID_REQUEST', ''],
    [52, car(52, { colour: 'red' }), 'INVALID_REQUEST', '/colour'],
    [99, car(99, { attributes: { wheels: 4 } }), 'ATTRIBUTE_INVALID', '/attributes/wheels'],
    [100, car(100, { lastDay: '2020-01-01' }), 'DURATION_INVALID', '/lastDay'],
    [118, car(118, { images: [{ url: 'http://169.254.169.254/' }] }), 'IMAGE_URL_NOT_ALLOWED', '/images/0/url'],
    [119, car(119, { ownerUserId: 'usr_01m7y3ad3af6e964zt6px52w8e' }), 'USER_UNKNOWN', '/ownerUserId'],
  ];
  for (const [index, item] of bad) items[index] = item;
  const { status, body } = await bulk({ mode: 'create', items });
  expect(status).toBe(200);
  expect(body.counts).toEqual({ created: 111, updated: 0, unchanged: 0, refused: 9 });
  expect(body.items.map(({ index }: Item) => index)).toEqual(items.map((_, index) => index));
  const refused = body.items.filter(({ outcome }: Item) => outcome === 'refused');
  expect(refused).toMatchObject(
    bad.map(([index, , code, pointer]) => ({ index, problem: { code, errors: [{ pointer }] } })),
  );
  const listings = await stored();
  expect(listings).toHaveLength(111);
  expect(await eventsOf('listing.created')).toBe(111);
  expect(await api.database.models.listingRevisions.countDocuments({ tenantId })).toBe(111);
  const [first] = body.items;
  const read = expectContract(await api.call('get', `/listings/${first.id}`, key));
  expect(read.body).toMatchObject({ state: 'draft', ref: 'car-0', draft: { title: 'Golf 0' } });
});

it('takes fifty listings in as many commands as one, and a transaction', async () => {
  await bulk({ mode: 'create', items: carsOf(1) });
  const count = async (items: Item[]) => {
    taken();
    await bulk({ mode: 'create', items });
    const commands = taken();
    return [commands.length, commands.filter((name) => name === 'commitTransaction').length];
  };
  const one = await count([car(1_000)]);
  expect(await count(Array.from({ length: 50 }, (_, index) => car(2_000 + index)))).toEqual(one);
  const [hundred, transactions] = await count(Array.from({ length: 100 }, (_, index) => car(3_000 + index)));
  expect(transactions).toBe(2);
  expect(hundred).toBeLessThanOrEqual(2 * one[0]!);
});

it('refuses a ref that is taken, also by an item of the same batch', async () => {
  const { body: before } = await bulk({ mode: 'create', items: carsOf(1) });
  const items = [car(5), car(0), car(5, { title: 'Another Golf' }), car(6)];
  const { body } = await bulk({ mode: 'create', items });
  expect(body.items).toMatchObject([
    { outcome: 'created' },
    { outcome: 'refused', problem: { code: 'REF_TAKEN', conflictsWith: before.items[0].id } },
    { outcome: 'refused', problem: { code: 'REF_TAKEN', conflictsWith: body.items[0].id } },
    { outcome: 'created' },
  ]);
  expect(await stored()).toHaveLength(3);
});

it('upserts by ref: 3 changes are 3, and a field that is left out stays', async () => {
  const items = carsOf(60);
  await bulk({ mode: 'upsert', items });
  const again = await bulk({ mode: 'upsert', items });
  expect(again.body.counts).toEqual({ created: 0, updated: 0, unchanged: 60, refused: 0 });
  items[4] = car(4, { title: 'Golf, sold by a friend' });
  items[30] = car(30, { price: null });
  items[59] = { ref: 'car-59', title: 'Golf 59', description: 'Shorter', category: 'cars' };
  const { body } = await bulk({ mode: 'upsert', items });
  expect(body.counts).toEqual({ created: 0, updated: 3, unchanged: 57, refused: 0 });
  const listings = await stored();
  expect(listings).toHaveLength(60);
  const draftOf = (ref: string) => listings.find((listing) => listing.ref === ref)?.draft;
  expect(draftOf('car-4')).toMatchObject({ title: 'Golf, sold by a friend' });
  expect(draftOf('car-30')).toMatchObject({ price: null });
  expect(draftOf('car-59')).toMatchObject({ description: 'Shorter', price: golf.price, attributes: golf.attributes });
  expect(await eventsOf('listing.updated')).toBe(3);
});

it('an upsert finds a ref and an owner however their accents were typed', async () => {
  const item = car(1, { ref: 'Z\u00fcrich-1', ownerRef: 'M\u00fcller', title: 'B\u00fcgelbrett, gut erhalten' });
  await bulk({ mode: 'upsert', items: [item] });
  const decomposed = Object.fromEntries(
    Object.entries(item).map(([key, value]) => [key, typeof value === 'string' ? value.normalize('NFD') : value]),
  );
  expect((await bulk({ mode: 'upsert', items: [decomposed] })).body.items).toMatchObject([{ outcome: 'unchanged' }]);
});

it('an upsert changes no owner, needs a ref, and carries a ref that comes twice out in order', async () => {
  await bulk({ mode: 'upsert', items: [car(1, { ownerRef: 'dealer-17' })] });
  const { body } = await bulk({
    mode: 'upsert',
    items: [
      car(1, { ownerRef: 'dealer-18' }),
      car(1, { ownerRef: 'dealer-17' }),
      { ...golf },
      car(2, { title: 'First title' }),
      car(2, { title: 'Second title' }),
    ],
  });
  expect(body.items).toMatchObject([
    { outcome: 'refused', problem: { code: 'OWNER_INVALID', errors: [{ pointer: '/ownerRef' }] } },
    { outcome: 'unchanged' },
    { outcome: 'refused', problem: { code: 'INVALID_REQUEST', errors: [{ pointer: '/ref' }] } },
    { outcome: 'created' },
    { outcome: 'updated', id: body.items[3].id },
  ]);
  expect(await stored()).toMatchObject([{ ref: 'car-1' }, { ref: 'car-2', draft: { title: 'Second title' } }]);
});

it('carries out a ref that comes 60 times in order, each change upon the one before', async () => {
  await bulk({ mode: 'upsert', items: [car(1)] });
  const titles = Array.from({ length: 60 }, (_, index) => `Golf of version ${index}`);
  const { body } = await bulk({ mode: 'upsert', submit: true, items: titles.map((title) => car(1, { title })) });
  expect(body.counts).toEqual({ created: 0, updated: 60, unchanged: 0, refused: 0 });
  expect(await stored()).toMatchObject([{ revision: 61, draft: { title: titles.at(-1) } }]);
  expect(await eventsOf('listing.updated')).toBe(60);
  expect(await eventsOf('listing.submitted')).toBe(1);
  const { listingReviews } = api.database.models;
  expect(await listingReviews.countDocuments({ tenantId, endedAt: null })).toBe(1);
});

it('submits each listing, unless there is nothing to submit', async () => {
  const { body } = await bulk({ mode: 'upsert', submit: true, items: carsOf(3) });
  expect(body.counts).toMatchObject({ created: 3 });
  expect((await stored()).map(({ state }) => state)).toEqual(Array(3).fill('in_review'));
  const again = await bulk({ mode: 'upsert', submit: true, items: carsOf(3) });
  expect(again.body.counts).toMatchObject({ unchanged: 3 });
  expect(await eventsOf('listing.submitted')).toBe(3);
  await bulk({ mode: 'upsert', items: [car(9)] });
  const late = await bulk({ mode: 'upsert', submit: true, items: [car(9)] });
  expect(late.body.items).toMatchObject([{ outcome: 'updated' }]);
});

it('an item that cannot be submitted changes nothing, and takes no other with it', async () => {
  const { body } = await bulk({ mode: 'upsert', items: carsOf(3) });
  const suspended = body.items[1].id;
  await listings().updateOne(
    { _id: suspended },
    { $set: { state: 'suspended', suspension: { reviewer: 'mona', reason: 'x', at: new Date() } } },
  );
  const items = [0, 1, 2].map((index) => car(index, { title: `Golf changed ${index}` }));
  const answer = await bulk({ mode: 'upsert', submit: true, items });
  expect(answer.body.items).toMatchObject([
    { outcome: 'updated' },
    { outcome: 'refused', problem: { code: 'LISTING_SUSPENDED' } },
    { outcome: 'updated' },
  ]);
  expect((await stored()).map(({ draft }) => draft!.title)).toEqual(['Golf changed 0', 'Golf 1', 'Golf changed 2']);
});

it('does not submit again what a reviewer has rejected, until it changes', async () => {
  const { body } = await bulk({ mode: 'upsert', submit: true, items: [car(1)] });
  const rejection = { revision: 1, at: new Date(), reviewer: 'mona', reason: 'quality', comment: null, fields: [] };
  await listings().updateOne({ _id: body.items[0].id }, { $set: { state: 'rejected', reviewId: null, rejection } });
  const again = await bulk({ mode: 'upsert', submit: true, items: [car(1)] });
  expect(again.body.items).toMatchObject([{ outcome: 'unchanged' }]);
  const changed = await bulk({ mode: 'upsert', submit: true, items: [car(1, { title: 'Golf, as you wished' })] });
  expect(changed.body.items).toMatchObject([{ outcome: 'updated' }]);
  expect(await stored()).toMatchObject([{ state: 'in_review' }]);
});

it('reads NDJSON line by line: a broken line is its own problem', async () => {
  const text = [JSON.stringify(car(0)), '', '{"title": ', JSON.stringify(car(1)) + '\r', '{"a":1,"a":2}', '"text"'];
  const { status, body } = await lines(text.join('\n'), '?mode=create&submit=true');
  expect(status).toBe(200);
  expect(body.items).toMatchObject([
    { outcome: 'created' },
    { outcome: 'refused', problem: { code: 'INVALID_JSON', status: 400 } },
    { outcome: 'created' },
    { outcome: 'refused', problem: { code: 'INVALID_REQUEST', errors: [{ pointer: '/a', rule: 'uniqueKeys' }] } },
    { outcome: 'refused', problem: { code: 'INVALID_REQUEST' } },
  ]);
  expect(await stored()).toMatchObject([{ state: 'in_review' }, { state: 'in_review' }]);
  expect((await lines(JSON.stringify(car(5)), '')).body).toMatchObject({ code: 'INVALID_REQUEST', status: 422 });
  expect((await lines(JSON.stringify(car(5)), '?mode=all')).body).toMatchObject({ code: 'INVALID_PARAMETER' });
  expect((await bulk({ mode: 'create', items: carsOf(1) })).body.counts).toMatchObject({ refused: 1 });
  const twice = api.call('post', '/listings/bulk?submit=true', key).set('Idempotency-Key', randomUUID());
  const contradicted = expectContract(await twice.send({ mode: 'create', items: carsOf(1) }));
  expect(contradicted.body).toMatchObject({ status: 400, errors: [{ parameter: 'submit', rule: 'once' }] });
  expect((await lines('\n\n')).body).toMatchObject({ code: 'INVALID_REQUEST', errors: [{ pointer: '/items' }] });
});

it('refuses more than 1,000 items or 5 MiB as a whole, and stores nothing', async () => {
  const many = carsOf(1_001);
  const tooLarge = { status: 422, code: 'BATCH_TOO_LARGE', errors: [{ pointer: '/items' }] };
  expect((await bulk({ mode: 'create', items: many })).body).toMatchObject(tooLarge);
  expect((await lines(many.map((item) => JSON.stringify(item)).join('\n'))).body).toMatchObject(tooLarge);
  const long = car(0, { description: 'x'.repeat(9_000) });
  expect((await bulk({ mode: 'create', items: Array(600).fill(long) })).body).toMatchObject({ code: 'BODY_TOO_LARGE' });
  expect((await bulk({ mode: 'create', items: [] })).body).toMatchObject({ code: 'INVALID_REQUEST' });
  expect((await bulk({ items: carsOf(1) })).body).toMatchObject({ errors: [{ pointer: '/mode' }] });
  expect(await stored()).toEqual([]);
});
