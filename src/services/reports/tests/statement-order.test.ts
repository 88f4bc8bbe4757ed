import { newId } from '../../../domain/ids';
import { windowOf } from '../../../domain/reports/calendar/requested-window';
import { postCapture } from '../../../domain/payments/ledger';
import type { ReportFilters } from '../../../domain/reports/report-type';
import { tenantIdOf, tenantOf } from '../../../domain/tenant';
import type { Database } from '../../../models/database';
import type { Report } from '../../../models/reports/report';
import { openTestDatabase } from '../../../testing/servers/test-database';
import { tester } from '../../../testing/worlds/base-world';
import { acceptReport } from '../accept-report';
import { gatherAll } from '../gather/tests/gather-all';
import { scopeOf } from '../gather-scope';
import { generateFile } from '../generate-file';
import { orderWindow } from '../order-report';
import { ensureSlots } from '../slots';

let database: Database;
let drop: () => Promise<void>;
let tenantId: string;
beforeAll(async () => {
  ({ database, drop } = await openTestDatabase());
});
afterAll(() => drop());
beforeEach(async () => {
  tenantId = tenantIdOf({ partnerId: newId('partner'), mode: 'sandbox' });
  await ensureSlots({ database, tenantId });
});

const now = new Date('2026-07-01T00:00:00Z');
const EUR = { filters: { currency: 'EUR' } } as const;

interface Wish {
  asOf?: Date;
  timeZone?: string;
  filters?: ReportFilters;
  scheduleId?: string;
  at?: Date;
}

/** Accepts the statement of a month, as the api does. */
async function accept(
  period: string,
  { asOf = new Date(), timeZone = 'Europe/Berlin', filters = {}, scheduleId, at = now }: Wish = {},
) {
  const window = windowOf({ period, timeZone, now: at.toISOString() });
  const asked = { tenantId, type: 'statement', window, filters, formats: ['csv'] as const };
  const ordered = await orderWindow({ database, asked, at, asOf });
  const order = { ...ordered, ...(scheduleId === undefined ? {} : { scheduleId, sharesAsOf: true }) };
  const about = { database, tenantId, order, correlationId: 'test', by: tester, at, offsetMs: 0 };
  return (await database.inTransaction((session) => acceptReport({ ...about, session }))).report;
}
const end = (_id: string, state: 'completed' | 'cancelled') =>
  database.models.reports.updateOne({ _id, tenantId }, { $set: { state } });

it('two statements that are ordered at once join, whichever is first', async () => {
  const asOf = new Date();
  const afterwards = new Date(asOf.getTime() + 1);
  const [february, march] = await Promise.all([accept('2026-02', { asOf }), accept('2026-03', { asOf: afterwards })]);
  expect(february.asOf).toEqual(march.previousAsOf ?? march.asOf);
});

it('a month that was cancelled after the next was accepted is made from which that one goes on', async () => {
  const first = await accept('2026-02');
  await end(first._id, 'completed');
  const second = await accept('2026-02', { asOf: new Date(first.asOf.getTime() + 60_000) });
  const march = await accept('2026-03', { asOf: new Date(first.asOf.getTime() + 90_000) });
  expect(march.previousAsOf).toEqual(second.asOf);
  await expect(accept('2026-02')).rejects.toMatchObject({ code: 'WINDOW_CLOSED' });
  await end(second._id, 'cancelled');
  expect((await accept('2026-02', { asOf: new Date(0) })).asOf).toEqual(second.asOf);
});

it('a month is known by its instants, not by the name of its zone', async () => {
  const february = await accept('2026-02');
  expect((await accept('2026-03', { timeZone: 'europe/berlin' })).previousAsOf).toEqual(february.asOf);
  expect((await accept('2026-03', { timeZone: 'UTC' })).previousAsOf).toBeNull();
  await expect(accept('2026-02', { timeZone: 'Europe/BERLIN' })).rejects.toMatchObject({ code: 'WINDOW_CLOSED' });
});

it('a statement that begins a new chain in another zone says so, in its files too, and how to continue', async () => {
  const february = await accept('2026-02');
  const cancelled = await accept('2026-02', { timeZone: 'Asia/Tokyo', ...EUR });
  await end(cancelled._id, 'cancelled');
  const march = await accept('2026-03', { timeZone: 'America/New_York' });
  expect([march.previousAsOf, february.warnings]).toEqual([null, []]);
  expect(march.warnings).toEqual([
    'This statement does not continue that of 2026-02, which was made in Europe/Berlin: it is in America/New_York, ' +
      'and opens with all that was posted before the month. What was posted from 2026-02-28T23:00:00.000Z until ' +
      '2026-03-01T05:00:00.000Z is an entry of neither. To continue that one, order this one with timeZone ' +
      'Europe/Berlin.',
  ]);
  expect(await renderedWarnings(march)).toEqual(march.warnings);
  // One that continues, one of other filters, and one whose month before was made in no zone.
  for (const wish of [{}, { timeZone: 'Asia/Tokyo', ...EUR }])
    expect((await accept('2026-03', wish)).warnings).toEqual([]);
  expect((await accept('2026-04', { timeZone: 'America/New_York' })).warnings).toEqual([]);
  expect((await accept('2026-06', { timeZone: 'Asia/Tokyo' })).warnings).toEqual([]);
});

/** Returns the warnings with which the files of a report are rendered. */
async function renderedWarnings({ _id: reportId }: Report): Promise<readonly string[]> {
  const { partners, reports } = database.models;
  const { partnerId } = tenantOf(tenantId);
  await partners.collection.insertOne({ _id: partnerId, name: 'Acme' } as never);
  await reports.updateOne({ _id: reportId, tenantId }, { $set: { state: 'rendering', chain: 'chain' } });
  let seen: readonly string[] = [];
  const generated = generateFile({
    database,
    fileStore: {} as never,
    renderReport: (_format, { report }) => {
      seen = report.warnings;
      throw new Error('Seen');
    },
    tenantId,
    reportId,
    chain: 'chain',
    format: 'csv',
    signal: new AbortController().signal,
  });
  await expect(generated).rejects.toThrow('Seen');
  return seen;
}

const later = (minutes: number): Date => new Date(Date.UTC(2026, 6, 1) + minutes * 60_000);
const [all, second] = ['rsc_1', 'rsc_2'];

it('two schedules of the same statements share each instant, also once the next month is made', async () => {
  const february = await accept('2026-02', { asOf: later(0), scheduleId: all });
  expect((await accept('2026-02', { asOf: later(5), scheduleId: second })).asOf).toEqual(february.asOf);
  const march = await accept('2026-03', { asOf: later(9), scheduleId: all });
  expect(march.previousAsOf).toEqual(february.asOf);
  expect((await accept('2026-02', { asOf: later(10), scheduleId: second })).asOf).toEqual(february.asOf);
  expect(await accept('2026-03', { asOf: later(10), scheduleId: second })).toMatchObject({
    asOf: march.asOf,
    previousAsOf: february.asOf,
  });
});

it('a statement in one currency neither moves nor closes the full one', async () => {
  const full = await accept('2026-02', { asOf: later(0), scheduleId: all });
  const filtered = await accept('2026-02', { asOf: later(5), scheduleId: second, ...EUR });
  expect(filtered.asOf).toEqual(later(5));
  const march = await accept('2026-03', { asOf: later(9), scheduleId: second, ...EUR });
  expect(march.previousAsOf).toEqual(filtered.asOf);
  expect((await accept('2026-02', { asOf: later(9) })).asOf).toEqual(later(9));
  expect((await accept('2026-03', { asOf: later(9), scheduleId: all })).previousAsOf).toEqual(later(9));
  expect(full.previousAsOf).toBeNull();
});

it('the next month goes on from a remade statement, and a second schedule shares its instant', async () => {
  await accept('2026-02', { asOf: later(0), scheduleId: all });
  await accept('2026-02', { asOf: later(5) });
  expect((await accept('2026-02', { asOf: later(6), scheduleId: second })).asOf).toEqual(later(5));
  // What was known at an earlier instant can be asked for; nothing goes on from there.
  await accept('2026-02', { asOf: later(3) });
  expect((await accept('2026-03', { asOf: later(9), scheduleId: all })).previousAsOf).toEqual(later(5));
});

it('the first statement that a schedule orders takes no instant from one ordered by hand', async () => {
  await accept('2026-02', { asOf: later(0) });
  expect((await accept('2026-02', { asOf: later(5), scheduleId: all })).asOf).toEqual(later(5));
  expect((await accept('2026-02', { asOf: later(6), scheduleId: second })).asOf).toEqual(later(5));
});

it('a preview of a month that is not over is one that no statement goes on from', async () => {
  await accept('2026-03', { asOf: later(0), at: new Date('2026-03-15T00:00:00Z') });
  expect((await accept('2026-03', { asOf: later(5), scheduleId: all })).asOf).toEqual(later(5));
  expect((await accept('2026-04', { asOf: later(9), scheduleId: all })).previousAsOf).toEqual(later(5));
});

const valuesOf = (figures: Report['figures'], part: string): unknown[] =>
  figures!.filter(({ id, value }) => id === `statement_${part}` && value !== 0).map(({ by, value }) => [by, value]);

it('opens as the month before closed, with what became visible since as entries of earlier periods', async () => {
  const gather = async (report: Report) =>
    (await gatherAll({ ...(await scopeOf({ database, report })), type: 'statement' })).figures;
  const capture = async (key: string, amountMinor: number) => {
    const amount = { amountMinor, currency: 'EUR' };
    const posting = postCapture({ key, paymentId: 'pay_1', captured: amount, authorised: amount });
    const fact = { ...posting, tenantId, at: new Date('2026-02-10T00:00:00Z'), recordedAt: later(-1) };
    await database.models.ledgerPostings.collection.insertOne({ ...fact, _id: `${tenantId}/${key}` } as never);
  };
  await capture('in-time', 1000);
  const february = await accept('2026-02', { asOf: later(0), scheduleId: all });
  const figures = await gather(february);
  await database.models.reports.updateOne({ _id: february._id }, { $set: { state: 'completed', figures } });
  // Its transaction committed long after it took its time of recording.
  await capture('slow', 300);
  const march = await gather(await accept('2026-03', { asOf: later(9), scheduleId: all }));
  expect(valuesOf(march, 'opening')).toEqual(valuesOf(figures, 'closing'));
  expect(valuesOf(march, 'earlier')).toContainEqual(['captured', 300]);
  expect(valuesOf(march, 'closing')).toContainEqual(['captured', 1300]);
});
