import { parseString } from 'fast-csv';
import { stateAt } from '../../../../domain/reports/facts/standing';
import type { Cell, Row } from '../../../../domain/reports/report-content';
import { rowObject } from '../../../../domain/reports/report-type';
import { listingsReport } from '../../../../domain/reports/types/listings';
import { bytesOf, sampleInput } from '../../../../renderers/reports/tests/sample-report';
import { renderReport } from '../../../../renderers/reports/render-report';
import { casesOf } from '../../../../testing/long-form';
import { openTestDatabase, type TestDatabase } from '../../../../testing/servers/test-database';
import type { GatherScope } from '../gatherer';
import { gatherers } from '../gatherers';
import { gatherAll, record, windowOf, type Gathered } from './gather-all';
import type { EventDocument, History } from './random-facts';
import { randomListings } from './random-listings';

const LATER = new Date('2030-01-01T00:00:00Z');
const tenantId = 'ptn_a:live';
/** A day of 23 hours. */
const window = windowOf('2026-03-29', '2026-03-29');
const asOf = new Date('2026-03-31T02:00:00Z');
const around = new Date('2026-03-29T12:00:00Z');
const seed = casesOf<number>({ short: 5, long: Date.now() % 100_000 });
const count = casesOf({ short: 200, long: 800 });

let test: TestDatabase;
let history: History;
let scope: GatherScope & { type: 'listings' };

beforeAll(async () => {
  test = await openTestDatabase();
  const { database } = test;
  history = randomListings({ tenantId, around, count, seed });
  scope = { database, tenantId, window, before: null, filters: {}, asOf, previousAsOf: null, type: 'listings' };
  await record(database, randomListings({ tenantId: 'ptn_b:live', around, count: 30, seed: seed + 1 }), LATER);
  await record(database, history, asOf);
});
afterAll(() => test.drop());

const objectsOf = (rows: readonly Row[]) => rows.map((row) => rowObject(listingsReport.columns, row));
const valueIn = ({ figures }: Gathered, id: string, by: string | null = null): number =>
  figures.find((figure) => figure.id === id && figure.by === by)?.value ?? 0;
const sumOf = (values: readonly Cell[]): number => values.reduce<number>((sum, value) => sum + Number(value), 0);

/** The listings that buyers saw before an instant, from the states in the model alone. */
const liveAt = (endAt: Date): number =>
  history.entities.filter(({ events }) => stateAt(events, { endAt, asOf }) === 'live').length;

const eventsInWindow = (names: readonly string[]): EventDocument[] =>
  history.entities
    .flatMap(({ events }) => events)
    .filter(({ type }) => names.includes(type.replace('listing.', '')))
    .filter(
      ({ at, recordedAt }) => at >= new Date(window.startAt) && at < new Date(window.endAt) && recordedAt <= asOf,
    );

it('live at the start plus what went live less what went off is live at the end, as the states say', async () => {
  const gathered = await gatherAll(scope);
  const [start, end] = [liveAt(new Date(window.startAt)), liveAt(new Date(window.endAt))];
  expect(start).toBeGreaterThan(3);
  expect(end).not.toBe(start);
  expect(valueIn(gathered, 'listings_live_start')).toBe(start);
  expect(valueIn(gathered, 'listings_live_end')).toBe(end);
  const flow = valueIn(gathered, 'listings_went_live') - valueIn(gathered, 'listings_went_off');
  expect(start + flow).toBe(end);
  expect(sumOf(objectsOf(gathered.rows).map(({ change }) => change ?? 0))).toBe(end - start);
});

it('the end of a window is the start of the next', async () => {
  const next = await gatherAll({ ...scope, window: windowOf('2026-03-30', '2026-03-30') });
  expect(valueIn(next, 'listings_live_start')).toBe(valueIn(await gatherAll(scope), 'listings_live_end'));
});

it.each([
  'created',
  'submitted',
  'approved',
  'rejected',
  'renewed',
  'republished',
  'reinstated',
  'expired',
  'withdrawn',
  'suspended',
])('%s: figure, rows and events are the same number', async (name) => {
  const gathered = await gatherAll(scope);
  const rows = objectsOf(gathered.rows).filter(({ event }) => event === name);
  const expected = eventsInWindow([name]).length;
  expect(expected).toBeGreaterThan(0);
  expect([valueIn(gathered, `listings_${name}`), rows.length]).toEqual([expected, expected]);
});

it('decisions by whom, their share and their exact times are those of the rows', async () => {
  const gathered = await gatherAll(scope);
  const decisions = objectsOf(gathered.rows).filter(({ decidedBy }) => decidedBy !== null);
  const [approved, rejected] = [eventsInWindow(['approved']), eventsInWindow(['rejected'])];
  const byPerson = approved.filter(({ data }) => data.reviewer === 'mona').length;
  expect(decisions).toHaveLength(approved.length + rejected.length);
  expect(valueIn(gathered, 'listings_approved', 'person')).toBe(byPerson);
  expect(valueIn(gathered, 'listings_approved', 'checks')).toBe(approved.length - byPerson);
  expect(valueIn(gathered, 'listings_approved_share')).toBeCloseTo(approved.length / decisions.length, 4);
  const seconds = decisions
    .flatMap(({ decisionSeconds }) => (decisionSeconds === null ? [] : [Number(decisionSeconds)]))
    .toSorted((one, other) => one - other);
  expect(seconds.length).toBeGreaterThan(10);
  expect(valueIn(gathered, 'listing_decision_median')).toBe(seconds[Math.ceil(seconds.length * 0.5) - 1]);
  expect(valueIn(gathered, 'listing_decision_p90')).toBe(seconds[Math.ceil(seconds.length * 0.9) - 1]);
});

it('JSON and CSV have the same rows', async () => {
  const { rows, figures, series } = await gatherAll(scope);
  const input = { ...sampleInput({ rowsOf: rows }), type: listingsReport, content: { figures, series } };
  const json = JSON.parse((await bytesOf(renderReport('json', input))).toString()) as { rows: Record<string, Cell>[] };
  const csv = await parsedCsv((await bytesOf(renderReport('csv', input))).toString());
  const text = (value: Cell | undefined): string => String(value ?? '');
  const names = ['listingId', 'event', 'change', 'decidedBy', 'reason', 'decisionSeconds'];
  expect(csv).toHaveLength(rows.length);
  expect(csv.map((row) => names.map((name) => text(row[name])))).toEqual(
    json.rows.map((row) => names.map((name) => text(row[name]))),
  );
});

it.each([7, 50])('pages of %d events give the same rows and figures', async (limit) => {
  expect(await gatherAll({ ...scope, limit })).toEqual(await gatherAll(scope));
});

it('a report of the same asOf is the same after everything has gone on', async () => {
  const earlier = await gatherAll(scope);
  await record(test.database, history, LATER);
  expect(await gatherAll(scope)).toEqual(earlier);
  expect(await gatherers.listings.countRows(scope)).toBe(earlier.rows.length);
  expect(await gatherAll({ ...scope, asOf: LATER })).not.toEqual(earlier);
});

const parsedCsv = (csv: string): Promise<Record<string, string>[]> =>
  new Promise((resolve, reject) => {
    const rows: Record<string, string>[] = [];
    parseString<Record<string, string>, Record<string, string>>(csv, { headers: true })
      .on('data', (row: Record<string, string>) => rows.push(row))
      .on('error', reject)
      .on('end', () => resolve(rows));
  });
