import * as fc from 'fast-check';
import { previousWindow } from '../../../../domain/reports/calendar/window';
import type { OutboxRow } from '../../../../models/outbox-row';
import { createCountEvents } from '../../../../queue/inline/count-events';
import { casesOf } from '../../../../testing/long-form';
import { openTestDatabase, type TestDatabase } from '../../../../testing/servers/test-database';
import { compareDay } from '../../buckets/compare-day';
import { comparePostings } from '../../buckets/compare-postings';
import { nextRecordedDay } from '../../buckets/recorded-days';
import { recountDay } from '../../buckets/recount-day';
import { insertRows } from './count-history';
import { gatherAll, record, windowOf } from './gather-all';
import { randomPayments, type History } from './random-facts';
import { oddZones } from '../../../../testing/random/odd-zones';

const LATER = new Date('2030-01-01T00:00:00Z');
const AROUND = new Date('2026-10-25T00:00:00Z');
const HOUR_MS = 3_600_000;
const seed = casesOf<number>({ short: 11, long: Date.now() % 100_000 });
const PAYMENTS = casesOf({ short: 50, long: 400 });
const tenants = ['ptn_a:live', 'ptn_b:sandbox'];

let test: TestDatabase;
let histories: History[];
let rows: OutboxRow[];

beforeAll(async () => {
  test = await openTestDatabase();
  histories = tenants.map((tenantId, index) =>
    randomPayments({ tenantId, around: AROUND, count: PAYMENTS, seed: seed + index }),
  );
  for (const history of histories) await record(test.database, history, LATER);
  rows = (await Promise.all(histories.map((history) => insertRows(test.database, history)))).flat();
});
afterAll(() => test.drop());

/** What differs between the buckets and the facts, over all tenants and days. */
async function differences(): Promise<string[]> {
  const { database } = test;
  const found: string[] = [];
  let day = await nextRecordedDay({ database, after: null });
  while (day !== null) {
    found.push(...(await compareDay({ database, ...day })));
    day = await nextRecordedDay({ database, after: day });
  }
  for (const tenantId of tenants) found.push(...(await comparePostings({ database, tenantId })));
  return found;
}

/** A database whose every other transaction dies before its commit. */
function killing() {
  let begun = 0;
  const { database } = test;
  const inTransaction: typeof database.inTransaction = (work) =>
    database.inTransaction(async (session) => {
      const result = await work(session);
      begun += 1;
      if (begun % 2 === 1) throw new Error('killed before its commit');
      return result;
    });
  return { ...database, inTransaction };
}

it('a consumer that is killed, tripled and fed in any order counts each fact once', async () => {
  const shuffled = fc.sample(fc.shuffledSubarray(rows, { minLength: rows.length }), { numRuns: 3, seed });
  const consumers = [createCountEvents({ database: killing() }), ...[1, 2].map(() => createCountEvents(test))];
  const batchesOf = (list: OutboxRow[], size: number) =>
    Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size));
  let killed = 0;
  await Promise.all(
    consumers.map(async (consume, index) => {
      for (const batch of batchesOf(shuffled[index]!, 7 + index)) await consume(batch).catch(() => (killed += 1));
    }),
  );
  // What conflicts or deaths have left is open, and is applied again.
  await createCountEvents(test)(rows);
  expect(killed).toBeGreaterThan(0);
  expect(await test.database.models.outbox.countDocuments({ open: true })).toBe(0);
  expect(await differences()).toEqual([]);
  const { reportBuckets, events, ledgerPostings } = test.database.models;
  const all = await reportBuckets.find({}).lean();
  const counted = (of: string) => all.reduce((sum, { source, count }) => sum + (source === of ? count : 0), 0);
  expect(counted('event')).toBe(await events.countDocuments());
  expect(counted('posting')).toBe(await ledgerPostings.countDocuments());
});

const asOfs = [LATER, ...[1, 4].map((days) => new Date(AROUND.getTime() + days * 24 * HOUR_MS + 5 * HOUR_MS))];

it.each(oddZones)('a summary of %s says the same by buckets and by the source, as of any time', async (timeZone) => {
  for (const [from, to] of [
    ['2026-10-19', '2026-10-25'],
    ['2026-10-23', '2026-10-31'],
    ['2026-10-01', '2026-12-31'],
  ] as const) {
    const window = windowOf(from, to, timeZone);
    const before = previousWindow(window);
    for (const asOf of asOfs) {
      const scope = { ...test, tenantId: tenants[0]!, window, before, filters: {}, asOf, previousAsOf: null };
      const bySource = await gatherAll({ ...scope, type: 'summary' });
      expect(await gatherAll({ ...scope, type: 'summary', byBuckets: true })).toEqual(bySource);
      if (asOf === LATER)
        expect(bySource.figures.find(({ id }) => id === 'payments_accepted')?.value).toBeGreaterThan(5);
    }
  }
});

/** Instants of recording between two facts of one kind and one quarter of an hour that were recorded on one day. */
function instantsWithin(facts: readonly { kind: string; at: Date; recordedAt: Date }[]): Date[] {
  const first = new Map<string, Date>();
  const found: Date[] = [];
  for (const { kind, at, recordedAt } of facts) {
    const key = [kind, Math.floor(at.getTime() / 900_000), recordedAt.toISOString().slice(0, 10)].join();
    const other = first.get(key);
    if (!other) first.set(key, recordedAt);
    else if (other.getTime() !== recordedAt.getTime())
      found.push(new Date(Math.min(other.getTime(), recordedAt.getTime())));
  }
  return found;
}

it('what a quarter of an hour cannot tell apart is read from the source', async () => {
  const [{ entities, postings }] = histories as [History, ...History[]];
  const events = entities.flatMap((entity) => entity.events.map(({ type, ...event }) => ({ ...event, kind: type })));
  const money = postings.map(({ event, ...posting }) => ({ ...posting, kind: event }));
  const [ofEvents, ofMoney] = [instantsWithin(events), instantsWithin(money)];
  expect([ofEvents.length > 0, ofMoney.length > 0]).toEqual([true, true]);
  const about = {
    ...test,
    tenantId: tenants[0]!,
    window: windowOf('2026-10-01', '2026-12-31'),
    before: null,
    filters: {},
  };
  for (const asOf of [...ofEvents.slice(0, 5), ...ofMoney.slice(0, 5)])
    for (const type of ['summary', 'statement'] as const) {
      const scope = { ...about, asOf, previousAsOf: null, type };
      expect(await gatherAll({ ...scope, byBuckets: true })).toEqual(await gatherAll(scope));
    }
});

it('a statement says the same by buckets and by the source, entries of earlier months too', async () => {
  const [october, november] = [windowOf('2026-10-01', '2026-10-31'), windowOf('2026-11-01', '2026-11-30')];
  let late = 0;
  for (const tenantId of tenants)
    for (const window of [october, november, windowOf('2026-10-25', '2026-10-31', 'Asia/Kathmandu')])
      for (const asOf of asOfs)
        for (const previousAsOf of [null, new Date(Math.min(asOf.getTime(), Date.parse(window.startAt) + 6 * HOUR_MS))])
          for (const filters of [{}, { currency: 'JPY' }]) {
            const scope = { ...test, tenantId, window, before: null, filters, asOf, previousAsOf };
            const bySource = await gatherAll({ ...scope, type: 'statement' });
            expect(await gatherAll({ ...scope, type: 'statement', byBuckets: true })).toEqual(bySource);
            late += bySource.figures.filter(({ id, value }) => id === 'statement_earlier' && value !== 0).length;
          }
  expect(late).toBeGreaterThan(10);
});

it('a window that does not end with a quarter of an hour reads its edges from the source', async () => {
  const whole = windowOf('2026-10-19', '2026-10-30');
  const startAt = new Date(Date.parse(whole.startAt) + 7 * 60_000).toISOString();
  const endAt = new Date(Date.parse(whole.endAt) - 3.5 * HOUR_MS + 1).toISOString();
  const window = { ...whole, startAt, endAt, bridge: true };
  const scope = { ...test, tenantId: tenants[1]!, window, before: null, filters: {}, asOf: LATER, previousAsOf: null };
  for (const type of ['summary', 'statement'] as const)
    expect(await gatherAll({ ...scope, type, byBuckets: true })).toEqual(await gatherAll({ ...scope, type }));
});

it('after a clean-up of the events a summary by buckets is what it was', async () => {
  const { events } = test.database.models;
  const window = windowOf('2026-10-01', '2026-12-31');
  const scope = { ...test, tenantId: tenants[1]!, window, before: null, filters: {}, asOf: LATER, previousAsOf: null };
  const asked = { ...scope, type: 'summary', byBuckets: true } as const;
  const before = await gatherAll(asked);
  await events.deleteMany({ tenantId: tenants[1]! });
  expect(await gatherAll(asked)).toEqual(before);
  expect(await gatherAll({ ...asked, byBuckets: false })).not.toEqual(before);
});

it('a day that was counted wrongly is found, and right once it is counted again', async () => {
  const { database } = test;
  const { reportBuckets, outbox } = database.models;
  const tenantId = tenants[0]!;
  const [wrong] = await reportBuckets.find({ tenantId, source: 'posting' }).sort({ _id: 1 }).lean();
  const { recordedDay } = wrong!;
  const day = { database, tenantId, recordedDay };
  await reportBuckets.updateOne({ _id: wrong!._id }, { $inc: { 'moved.captured': 1, count: 1 } });
  await reportBuckets.collection.insertOne({ ...wrong, _id: `${wrong!._id}9`, kind: 'invented' } as never);
  expect(await compareDay(day)).toHaveLength(2);
  expect(await comparePostings(day)).toHaveLength(2);
  // One event of the day is not counted yet.
  const row = rows.find(({ eventId, tenantId: own }) => own === tenantId && isOf(recordedDay, eventId!))!;
  await outbox.updateOne({ _id: row._id }, { $set: { open: true, pending: ['analytics'] } });
  await database.inTransaction((session) => recountDay({ ...day, session }));
  expect(await compareDay(day)).toEqual([]);
  await createCountEvents(test)([row]);
  expect(await compareDay(day)).toEqual([]);
  expect(await comparePostings(day)).toEqual([]);
});

const isOf = (recordedDay: string, eventId: string): boolean =>
  histories
    .flatMap(({ entities }) => entities.flatMap(({ events }) => events))
    .some(({ _id, recordedAt }) => _id === eventId && recordedAt.toISOString().startsWith(recordedDay));
