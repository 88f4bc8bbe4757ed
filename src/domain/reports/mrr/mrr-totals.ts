import { movementKinds } from '../../subscriptions/mrr/movement';
import { currenciesOf, Tally, type Count } from '../facts/tally';
import { timeLabelsOf } from '../facts/time-labels';
import type { Figure, Series } from '../report-content';
import type { ReportFilters } from '../report-type';
import type { ReportWindow } from '../calendar/window';
import type { CountedMovement, MovementFact } from './movement-fact';

/** What the movements of a window add up to; plain data. */
export interface MrrTotals {
  /** The MRR at the start, the movements by kind, and the changes by the labels of the series. */
  counts: readonly Count[];
}

export const noMrr: MrrTotals = { counts: [] };

const START = 'mrr_start';
const CHANGE = 'change';
const kinds = [...movementKinds, 'transfer'] as const;

/** Adds the MRR at the start of the window, in minor units by currency. */
export function addStart(totals: MrrTotals, start: ReadonlyMap<string, number>): MrrTotals {
  const tally = Tally.of(totals.counts);
  for (const [currency, minor] of start) tally.add({ id: START, currency }, minor);
  return { counts: tally.counts() };
}

/** Adds movements of the window, with the part of each that counts. */
export function addMovements(
  totals: MrrTotals,
  movements: readonly { fact: MovementFact; part: CountedMovement }[],
  window: ReportWindow,
): MrrTotals {
  const tally = Tally.of(totals.counts);
  const labels = timeLabelsOf(window);
  for (const { fact, part } of movements) {
    const { currency, reason, at } = fact;
    const id = `mrr_${part.kind}`;
    tally.add({ id, currency }, part.deltaMinor);
    if (part.kind === 'churn' && reason === 'payment') tally.add({ id, currency, by: reason }, part.deltaMinor);
    tally.add({ id: CHANGE, currency, by: labels.labelOf(at) }, part.deltaMinor);
  }
  return { counts: tally.counts() };
}

/** Returns the MRR at the start and at the end, the movements between, and the MRR after each day or hour. */
export function mrrContent(
  totals: MrrTotals,
  window: ReportWindow,
  { currency: asked, planId }: ReportFilters,
): { figures: Figure[]; series: Series[] } {
  const tally = Tally.of(totals.counts);
  const currencies = currenciesOf(totals.counts, asked);
  const shown = kinds.filter((kind) => kind !== 'transfer' || planId !== undefined);
  // Read once: the changes of a year in every currency are tens of thousands of counts.
  const parts = tally.counts().filter(({ id, by }) => by !== null && id !== CHANGE);
  const figures = [START, ...shown.map((kind) => `mrr_${kind}`)].flatMap((id) =>
    currencies.flatMap((currency): Figure[] => [
      { id, currency, by: null, value: tally.valueOf({ id, currency }) },
      ...parts
        .filter((part) => part.id === id && part.currency === currency)
        .map(({ by, value }) => ({ id, currency, by, value })),
    ]),
  );
  const series = currencies.map((currency): Series => {
    let value = tally.valueOf({ id: START, currency });
    const points = timeLabelsOf(window).labels.map((label) => {
      value += tally.valueOf({ id: CHANGE, currency, by: label });
      return { label, value };
    });
    return { id: 'mrr_end', currency, points };
  });
  const ends = series.map(({ currency, points }): Figure => ({
    id: 'mrr_end',
    currency,
    by: null,
    value: points.at(-1)?.value ?? 0,
  }));
  return { figures: [...figures, ...ends], series };
}
