import { Temporal } from 'temporal-polyfill';
import { balanceOf, ledgerAccounts, type LedgerAccount } from '../../../../domain/payments/ledger';
import { rowObject } from '../../../../domain/reports/report-type';
import { statementReport } from '../../../../domain/reports/types/statement';
import { openTestDatabase, type TestDatabase } from '../../../../testing/servers/test-database';
import { ledgerBalance } from '../../../payments/ledger-balance';
import type { GatherScope } from '../gatherer';
import { gatherAll, record, windowOf } from './gather-all';
import { randomPayments, type History } from './random-facts';

const LATER = new Date('2030-01-01T00:00:00Z');
const HOUR_MS = 3_600_000;
const tenantId = 'ptn_a:live';
const months = Array.from({ length: 12 }, (_, month) => Temporal.PlainYearMonth.from('2026-01').add({ months: month }));
const windows = months.map((month) =>
  windowOf(month.toPlainDate({ day: 1 }).toString(), month.toPlainDate({ day: month.daysInMonth }).toString()),
);

let test: TestDatabase;
let history: History;
let scope: Omit<GatherScope, 'window' | 'asOf' | 'previousAsOf'> & { type: 'statement' };

beforeAll(async () => {
  test = await openTestDatabase();
  const { database } = test;
  scope = { database, tenantId, before: null, filters: {}, type: 'statement' };
  const each = windows.map(({ endAt }, index) =>
    // Around each end of a month, the last day of the year apart: everything is dated within the twelve.
    randomPayments({ tenantId, around: new Date(index === 11 ? '2026-12-20' : endAt), count: 12, seed: 100 + index }),
  );
  history = { entities: [], postings: each.flatMap(({ postings }) => postings) };
  const other = randomPayments({ tenantId: 'ptn_b:live', around: new Date('2026-06-30'), count: 20, seed: 7 });
  await record(database, { entities: [], postings: other.postings }, LATER);
});
afterAll(() => test.drop());

const columnOf = (rows: Awaited<ReturnType<typeof gatherAll>>['rows'], column: string) =>
  rows
    .map((row) => rowObject(statementReport.columns, row))
    .map((row) => `${row.account} ${row.currency} ${row[column]}`);
const isMoved = (line: string): boolean => !line.endsWith(' 0');

it('of twelve statements each opens as the one before closed, and the last closes as the ledger', async () => {
  let previous: { asOf: Date; closing: string[] } | null = null;
  let late = 0;
  for (const [index, window] of windows.entries()) {
    const asOf = index === 11 ? LATER : new Date(Date.parse(window.endAt) + 6 * HOUR_MS);
    // As the books were when the statement was made.
    await record(test.database, history, asOf);
    const statement = { ...scope, window, asOf, previousAsOf: previous?.asOf ?? null };
    const { rows } = await gatherAll(statement);
    if (previous) expect(columnOf(rows, 'opening').filter(isMoved)).toEqual(previous.closing.filter(isMoved));
    if (index === 5) expect(await gatherAll({ ...statement, limit: 7 })).toEqual(await gatherAll(statement));
    late += columnOf(rows, 'earlier').filter(isMoved).length;
    for (const row of rows.map((one) => rowObject(statementReport.columns, one)))
      expect(Number(row.opening) + Number(row.entries) + Number(row.earlier)).toBe(row.closing);
    previous = { asOf, closing: columnOf(rows, 'closing') };
  }
  expect(late).toBeGreaterThan(5);
  const ledger = await ledgerBalance({ database: test.database, tenantId });
  const expected = [...ledger].flatMap(([currency, totals]) =>
    Object.keys(ledgerAccounts).map((name) => `${name} ${currency} ${balanceOf(totals, name as LedgerAccount)}`),
  );
  expect(previous?.closing.toSorted()).toEqual(expected.toSorted());
});

it('a statement made again with the same asOf is the same, whatever was recorded since', async () => {
  const [, , march] = windows as [never, never, (typeof windows)[number]];
  const asOf = new Date(Date.parse(march.endAt) + 6 * HOUR_MS);
  const statement = { ...scope, window: march, asOf, previousAsOf: new Date(Date.parse(march.startAt) + 6 * HOUR_MS) };
  const known = (await gatherAll(statement)).figures;
  expect(known.length).toBeGreaterThan(0);
  expect((await gatherAll({ ...statement, filters: { currency: 'JPY' } })).figures).toEqual(
    known.filter(({ currency }) => currency === 'JPY'),
  );
  expect((await gatherAll({ ...statement, asOf: LATER })).figures).not.toEqual(known);
});
