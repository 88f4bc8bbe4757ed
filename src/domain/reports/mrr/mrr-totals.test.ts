import { windowOf } from '../calendar/requested-window';
import { Tally } from '../facts/tally';
import { addMovements, addStart, mrrContent, noMrr } from './mrr-totals';

const window = windowOf({ period: '2026-03', timeZone: 'UTC', now: '2027-01-01T00:00:00Z' });
const at = new Date('2026-03-10T12:00:00Z');

/** Returns the content of a window in which every currency has a churn, and how often all counts were put in order. */
function churnIn(currencies: readonly string[]) {
  const movements = currencies.map((currency) => ({
    fact: { currency, reason: 'payment', at },
    part: { kind: 'churn', deltaMinor: -400, afterMinor: 0 },
  }));
  const start = addStart(noMrr, new Map(currencies.map((currency) => [currency, 1000])));
  const totals = addMovements(start, movements as unknown as Parameters<typeof addMovements>[1], window);
  const sorted = jest.spyOn(Tally.prototype, 'counts');
  const content = mrrContent(totals, window, {});
  return { ...content, sorts: sorted.mock.calls.length };
}
afterEach(() => jest.restoreAllMocks());

it('puts the counts in order once, however many currencies there are', () => {
  const few = churnIn(['EUR']).sorts;
  jest.restoreAllMocks();
  expect(churnIn(['AED', 'BRL', 'CHF', 'EUR', 'GBP', 'JPY', 'KWD', 'USD']).sorts).toBe(few);
});

it('breaks the churn of each currency down by its own reasons', () => {
  const { figures } = churnIn(['EUR', 'JPY']);
  expect(figures.filter(({ id }) => id === 'mrr_churn')).toEqual(
    ['EUR', 'JPY'].flatMap((currency) => [
      { id: 'mrr_churn', currency, by: null, value: -400 },
      { id: 'mrr_churn', currency, by: 'payment', value: -400 },
    ]),
  );
});
