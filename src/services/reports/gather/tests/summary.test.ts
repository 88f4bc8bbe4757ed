import { openTestDatabase, type TestDatabase } from '../../../../testing/servers/test-database';
import { addEvent, summaryEvents } from '../../../../domain/reports/facts/summary-events';
import { Tally } from '../../../../domain/reports/facts/tally';
import { rowObject } from '../../../../domain/reports/report-type';
import { summaryReport } from '../../../../domain/reports/types/summary';
import { eventTypes } from '../../../../contracts/events';
import type { GatherScope } from '../gatherer';
import { gatherAll, record, windowOf } from './gather-all';
import { randomPayments, type History } from './random-facts';

const LATER = new Date('2030-01-01T00:00:00Z');
const tenantId = 'ptn_a:live';
const [window, before] = [windowOf('2026-10-25', '2026-10-25'), windowOf('2026-10-24', '2026-10-24')];
const around = new Date('2026-10-25T00:00:00Z');

let test: TestDatabase;
let history: History;
let scope: GatherScope & { type: 'summary' };

beforeAll(async () => {
  test = await openTestDatabase();
  const { database } = test;
  history = randomPayments({ tenantId, around, count: 60, seed: 3 });
  scope = { database, tenantId, window, before, filters: {}, asOf: LATER, previousAsOf: null, type: 'summary' };
  await record(database, randomPayments({ tenantId: 'ptn_b:live', around, count: 20, seed: 4 }), LATER);
  await record(database, history, LATER);
});
afterAll(() => test.drop());

/** The counts of the events of a window, from the model alone. */
function modelOf({ startAt, endAt }: typeof window): Tally {
  const tally = new Tally();
  const isIn = ({ at }: { at: Date }): boolean => at >= new Date(startAt) && at < new Date(endAt);
  for (const event of history.entities.flatMap(({ events }) => events).filter(isIn)) addEvent(tally, event);
  return tally;
}

it('every figure stands beside that of the window before', async () => {
  const { figures } = await gatherAll(scope);
  const [now, then] = [modelOf(window), modelOf(before)];
  for (const id of [
    'payments_accepted',
    'payments_authorised',
    'payments_declined',
    'refunds_ordered',
    'needs_person',
  ]) {
    const figure = figures.find((one) => one.id === id && one.by === null);
    expect(figure).toEqual({ id, currency: null, by: null, value: now.valueOf({ id }), before: then.valueOf({ id }) });
    expect(figure?.value).toBeGreaterThan(0);
  }
  const [rate] = figures.filter(({ id }) => id === 'approval_rate');
  expect(rate?.value).toBeGreaterThan(0.5);
  expect(rate?.value).toBeLessThan(1);
});

it('its money is that of the payments of the same window', async () => {
  const ids = ['captured', 'refunded', 'net', 'captures', 'refunds'];
  const money = async (type: 'payments' | 'summary', of: typeof window) =>
    (await gatherAll({ ...scope, type, window: of, before: null })).figures.filter(({ id }) => ids.includes(id));
  expect(await money('summary', window)).toEqual(expect.arrayContaining(await money('payments', window)));
  const { figures } = await gatherAll(scope);
  const [captured] = (await money('payments', before)).filter(
    ({ id, currency }) => id === 'captured' && currency === 'EUR',
  );
  expect(figures.find(({ id, currency }) => id === 'captured' && currency === 'EUR')?.before).toBe(captured?.value);
});

it.each([1, 2, 7])('pages of %d facts give the same figures', async (limit) => {
  expect(await gatherAll({ ...scope, limit })).toEqual(await gatherAll(scope));
});

it('its rows are its figures, each in the columns of its unit', async () => {
  const { rows, figures } = await gatherAll(scope);
  const objects = rows.map((row) => rowObject(summaryReport.columns, row));
  expect(objects).toHaveLength(figures.length);
  const captured = figures.find(({ id, currency }) => id === 'captured' && currency === 'JPY')!;
  expect(objects.find(({ figure, currency }) => figure === 'captured' && currency === 'JPY')).toEqual({
    figure: 'captured',
    by: null,
    currency: 'JPY',
    amount: captured.value,
    amountBefore: captured.before,
    count: null,
    countBefore: null,
    share: null,
    shareBefore: null,
  });
});

it('a window without a fact has figures of 0, and no rate', async () => {
  const empty = {
    ...scope,
    window: windowOf('2020-01-01', '2020-01-01'),
    before: windowOf('2019-12-31', '2019-12-31'),
  };
  const { figures } = await gatherAll(empty);
  expect(figures.find(({ id }) => id === 'payments_accepted')).toMatchObject({ value: 0, before: 0 });
  expect(figures.find(({ id }) => id === 'approval_rate')).toMatchObject({ value: null, before: null });
  expect(figures.filter(({ id }) => id === 'captured')).toEqual([]);
});

it('every type that a summary counts is an event of the platform', () => {
  expect(eventTypes).toEqual(expect.arrayContaining(Object.keys(summaryEvents)));
});
