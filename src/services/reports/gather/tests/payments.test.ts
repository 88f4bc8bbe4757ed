import { balance, balanceOf } from '../../../../domain/payments/ledger';
import { settledPaymentStates } from '../../../../domain/payments/payment';
import { stateAt } from '../../../../domain/reports/facts/standing';
import { moneyEvents } from '../../../../domain/reports/facts/payment-effects';
import type { Row } from '../../../../domain/reports/report-content';
import { rowObject } from '../../../../domain/reports/report-type';
import { paymentsReport } from '../../../../domain/reports/types/payments';
import { openTestDatabase, type TestDatabase } from '../../../../testing/servers/test-database';
import type { GatherScope } from '../gatherer';
import { gatherers } from '../gatherers';
import { gatherAll, record, windowOf, type Gathered } from './gather-all';
import { randomPayments, type History } from './random-facts';

const LATER = new Date('2030-01-01T00:00:00Z');
const tenantId = 'ptn_a:live';
/** A day of 23 hours. */
const window = windowOf('2026-03-29', '2026-03-29');
const asOf = new Date('2026-03-30T04:00:00Z');
const around = new Date('2026-03-29T12:00:00Z');

let test: TestDatabase;
let history: History;
let scope: GatherScope;

beforeAll(async () => {
  test = await openTestDatabase();
  const { database } = test;
  scope = { database, tenantId, window, before: null, filters: {}, asOf, previousAsOf: null };
  history = randomPayments({ tenantId, around, count: 110, seed: 14 });
  await record(database, randomPayments({ tenantId: 'ptn_b:live', around, count: 40, seed: 15 }), LATER);
  await record(database, history, asOf);
});
afterAll(() => test.drop());

const rowsOf = ({ rows }: { rows: readonly Row[] }) => rows.map((row) => rowObject(paymentsReport.columns, row));
const figureOf = ({ figures }: Gathered, id: string, currency: string | null = null) =>
  figures.find((figure) => figure.id === id && figure.currency === currency && figure.by === null)?.value ?? 0;

/** The postings that a report of the scope counts, from the model alone. */
const counted = ({ window: { startAt, endAt } }: Pick<GatherScope, 'window'> = scope) =>
  history.postings.filter(
    ({ at, recordedAt, event }) =>
      at >= new Date(startAt) &&
      at < new Date(endAt) &&
      recordedAt <= asOf &&
      (moneyEvents as readonly string[]).includes(event),
  );

it('rows, totals and the ledger of the window agree in every currency', async () => {
  const gathered = await gatherAll({ ...scope, type: 'payments' });
  const rows = rowsOf(gathered);
  expect(rows.length).toBeGreaterThan(25);
  expect(rows.map(({ key }) => String(key)).toSorted()).toEqual(
    counted()
      .map(({ _id }) => _id)
      .toSorted(),
  );
  for (const currency of ['EUR', 'JPY', 'KWD']) {
    const ledger = balance({ postings: counted() as never, currency });
    const sumOf = (column: string): number =>
      rows.filter((row) => row.currency === currency).reduce((sum, row) => sum + Number(row[column]), 0);
    expect(figureOf(gathered, 'captured', currency)).toBe(balanceOf(ledger, 'captured'));
    expect(figureOf(gathered, 'refunded', currency)).toBe(balanceOf(ledger, 'refunded'));
    expect([sumOf('amount'), sumOf('held')]).toEqual([
      figureOf(gathered, 'net', currency),
      figureOf(gathered, 'held', currency),
    ]);
    expect(figureOf(gathered, 'held', currency)).toBe(balanceOf(ledger, 'held'));
    const series = gathered.series.find((one) => one.id === 'captured' && one.currency === currency);
    expect(series?.points.reduce((sum, { value }) => sum + value, 0)).toBe(balanceOf(ledger, 'captured'));
    expect(series?.points).toHaveLength(23);
  }
});

it('rows are in the order of time and id, and carry what the partner named', async () => {
  const rows = rowsOf(await gatherAll({ ...scope, type: 'payments' }));
  const keys = rows.map(({ at, key }) => `${at} ${key}`);
  expect(keys).toEqual(keys.toSorted());
  const refund = rows.find(({ kind }) => kind === 'refund')!;
  expect(refund).toMatchObject({ description: 'A "thing", two; three', customerId: null });
  expect([String(refund.refundId).slice(0, 4), String(refund.paymentId).slice(0, 4)]).toEqual(['rfd_', 'pay_']);
  expect(refund.amount).toBeLessThan(0);
});

it.each([1, 2, 7])('pages of %d facts give the same rows and figures', async (limit) => {
  const whole = await gatherAll({ ...scope, type: 'payments' });
  expect(await gatherAll({ ...scope, type: 'payments', limit })).toEqual(whole);
});

it('the count of rows comes without reading them, with the filter too', async () => {
  for (const filters of [{}, { currency: 'JPY' }, { currency: 'USD' }]) {
    const { rows } = await gatherAll({ ...scope, type: 'payments', filters });
    expect(await gatherers.payments.countRows({ ...scope, filters })).toBe(rows.length);
    if (filters.currency) expect(rowsOf({ rows }).every(({ currency }) => currency === filters.currency)).toBe(true);
  }
});

it('what was under way at the end comes from the facts', async () => {
  const gathered = await gatherAll({ ...scope, type: 'payments' });
  const cut = { endAt: new Date(window.endAt), asOf };
  const standings = history.entities.map(({ collection, events, fixed }) => ({
    collection,
    state: stateAt(events, cut),
    amount: fixed.amount as { amountMinor: number; currency: string },
  }));
  const payments = standings.filter(({ collection, state }) => collection === 'payments' && state !== null);
  const open = payments.filter(({ state }) => !settledPaymentStates.includes(state as never));
  const unknown = open.filter(({ state }) => state === 'unknown');
  const pending = standings.filter(({ collection, state }) => collection === 'refunds' && state === 'pending');
  expect(unknown.length * pending.length).toBeGreaterThan(0);
  expect(figureOf(gathered, 'payments_pending')).toBe(open.length);
  expect(figureOf(gathered, 'payments_unknown')).toBe(unknown.length);
  expect(figureOf(gathered, 'refunds_pending')).toBe(pending.length);
  const sumOf = (all: typeof standings): number =>
    all.reduce((sum, { amount }) => sum + (amount.currency === 'EUR' ? amount.amountMinor : 0), 0);
  expect(figureOf(gathered, 'unknown_amount', 'EUR')).toBe(sumOf(unknown));
  expect(figureOf(gathered, 'pending_refund_amount', 'EUR')).toBe(sumOf(pending));
});

it('a report of the same asOf is the same after everything has gone on', async () => {
  const [payments, summary] = [
    await gatherAll({ ...scope, type: 'payments' }),
    await gatherAll({ ...scope, type: 'summary' }),
  ];
  await record(test.database, history, LATER);
  for (const limit of [5, 10_000]) {
    expect(await gatherAll({ ...scope, type: 'payments', limit })).toEqual(payments);
    expect(await gatherAll({ ...scope, type: 'summary', limit })).toEqual(summary);
  }
  expect(await gatherAll({ ...scope, type: 'payments', asOf: LATER })).not.toEqual(payments);
});

it('windows that join count every movement once', async () => {
  const days = ['2026-03-28', '2026-03-29', '2026-03-30'].map((day) => windowOf(day, day));
  const each = await Promise.all(
    days.map((day) => gatherAll({ ...scope, type: 'payments', window: day, asOf: LATER })),
  );
  const whole = await gatherAll({
    ...scope,
    type: 'payments',
    window: windowOf('2026-03-28', '2026-03-30'),
    asOf: LATER,
  });
  expect(each.flatMap(({ rows }) => rows)).toEqual(whole.rows);
  expect(whole.series[0]?.points.map(({ label }) => label)).toEqual(['2026-03-28', '2026-03-29', '2026-03-30']);
  const captured = each.map((day) => figureOf(day, 'captured', 'EUR'));
  const points = whole.series.find(({ id, currency }) => id === 'captured' && currency === 'EUR')?.points;
  expect(points?.map(({ value }) => value)).toEqual(captured);
});

it('a line of before the first report counts in every report', async () => {
  const { _id } = counted()[0]!;
  const early = { ...scope, type: 'payments' as const, asOf: new Date(0) };
  expect((await gatherAll(early)).rows).toEqual([]);
  await test.database.models.ledgerPostings.collection.updateOne({ _id } as never, { $unset: { recordedAt: 1 } });
  expect(rowsOf(await gatherAll(early)).map(({ key }) => key)).toEqual([_id]);
  expect(await gatherers.payments.countRows(early)).toBe(1);
});
