import { currenciesOf, Tally, type Count } from '../facts/tally';
import type { Figure } from '../report-content';
import type { ReportFilters } from '../report-type';
import type { CountedMovement, MovementFact } from './movement-fact';
import { restOf, shareOf } from '../figures/figures-of';

/** Counts the customers of a window, one after another; plain data. */
export interface CustomerTotals {
  counts: readonly Count[];
  /** The customer whose movements are being added up; null before the first. */
  open: OpenCustomer | null;
}

interface OpenCustomer {
  customer: string;
  /** What the customer pays per month at the start and at the end, in minor units by currency. */
  balances: Readonly<Record<string, { startMinor: number; endMinor: number }>>;
  /** True where the customer has a movement in the window. */
  hasMoved: boolean;
}

export const noCustomers: CustomerTotals = { counts: [], open: null };

/**
 * Adds a movement dated before the end of the window. Those of a customer follow one another.
 *
 * @param isBefore true where the movement is dated before the start of the window
 */
export function addToCustomer(
  totals: CustomerTotals,
  { customer, currency }: MovementFact,
  { deltaMinor }: CountedMovement,
  isBefore: boolean,
): CustomerTotals {
  const { counts, open } = totals.open?.customer === customer ? totals : closeCustomer(totals);
  const balances: OpenCustomer['balances'] = open?.balances ?? {};
  const { startMinor, endMinor } = balances[currency] ?? { startMinor: 0, endMinor: 0 };
  const moved = { startMinor: isBefore ? startMinor + deltaMinor : startMinor, endMinor: endMinor + deltaMinor };
  return {
    counts,
    open: { customer, balances: { ...balances, [currency]: moved }, hasMoved: open?.hasMoved === true || !isBefore },
  };
}

/** Counts the customer whose movements have all been added. */
export function closeCustomer({ counts, open }: CustomerTotals): CustomerTotals {
  if (open === null) return { counts, open };
  const tally = Tally.of(counts);
  const balances = Object.entries(open.balances);
  const paidAtStart = balances.some(([, { startMinor }]) => startMinor > 0);
  const paysAtEnd = balances.some(([, { endMinor }]) => endMinor > 0);
  if (paidAtStart) tally.add({ id: 'customers_start' });
  if (paysAtEnd) tally.add({ id: 'customers_end' });
  if (paidAtStart && !paysAtEnd) tally.add({ id: 'customers_lost' });
  if (!paidAtStart && paysAtEnd) tally.add({ id: 'customers_won' });
  if (!paidAtStart && !paysAtEnd && open.hasMoved) tally.add({ id: 'customers_within' });
  for (const [currency, { startMinor, endMinor }] of balances) {
    tally.add({ id: 'start', currency }, startMinor);
    tally.add({ id: 'kept', currency }, Math.min(startMinor, endMinor));
  }
  return { counts: tally.counts(), open: null };
}

/** Returns the customers at the start and at the end, those who came and went, and the rates over the former. */
export function customerFigures(totals: CustomerTotals, { currency: asked }: ReportFilters): Figure[] {
  const { counts } = closeCustomer(totals);
  const tally = Tally.of(counts);
  const plain = (id: string, value: number | null): Figure => ({ id, currency: null, by: null, value });
  const count = (id: string): Figure => plain(id, tally.valueOf({ id }));
  const atStart = tally.valueOf({ id: 'customers_start' });
  const churn = shareOf(tally.valueOf({ id: 'customers_lost' }), atStart);
  return [
    ...['customers_start', 'customers_won', 'customers_lost', 'customers_end', 'customers_within'].map(count),
    plain('customer_churn_rate', churn),
    plain('customer_retention_rate', restOf(churn)),
    ...currenciesOf(counts, asked).map((currency) => {
      const id = 'mrr_retention_rate';
      const [kept, start] = [tally.valueOf({ id: 'kept', currency }), tally.valueOf({ id: 'start', currency })];
      return { id, currency, by: null, value: shareOf(kept, start) };
    }),
  ];
}
