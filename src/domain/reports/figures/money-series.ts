import type { Tally } from '../facts/tally';
import type { Series } from '../report-content';

const ids = ['captured', 'refunded'] as const;

export interface MoneyPoint {
  currency: string;
  capturedMinor: number;
  refundedMinor: number;
  /** The point that the movement belongs to. */
  label: string;
}

/** Adds a movement to what was captured and refunded over time. */
export function addToSeries(tally: Tally, { currency, capturedMinor, refundedMinor, label: by }: MoneyPoint): void {
  if (capturedMinor !== 0) tally.add({ id: 'captured', currency, by }, capturedMinor);
  if (refundedMinor !== 0) tally.add({ id: 'refunded', currency, by }, refundedMinor);
}

export interface SeriesOfInput {
  tally: Tally;
  currencies: readonly string[];
  /** Every series has a point for each of these. */
  labels: readonly string[];
}

/** Returns what was captured and refunded over time, a series each a currency. */
export const seriesOf = ({ tally, currencies, labels }: SeriesOfInput): Series[] =>
  ids.flatMap((id) =>
    currencies.map((currency) => ({
      id,
      currency,
      points: labels.map((label) => ({ label, value: tally.valueOf({ id, currency, by: label }) })),
    })),
  );
