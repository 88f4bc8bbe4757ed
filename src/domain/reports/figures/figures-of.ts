import type { Tally } from '../facts/tally';
import type { Figure } from '../report-content';
import type { FigureDefinition } from '../report-type';

/** Computes a figure from the counts of others; null where there is nothing to compute over. */
export type ComputeFigure = (tally: Tally) => number | null;

export interface FiguresOfInput {
  /** In the order in which they are shown. */
  definitions: readonly FigureDefinition[];
  tally: Tally;
  /** The counts of the window before, for a type that compares. */
  before?: Tally;
  /** Every amount is shown in each of these. */
  currencies: readonly string[];
  /** The figures that are not counted, by id. */
  computed?: Readonly<Record<string, ComputeFigure>>;
}

/**
 * Returns the figures of a report: amounts once a currency, a count as a whole and then by what it is broken down by,
 * in order. What never happened is 0.
 */
export const figuresOf = (input: FiguresOfInput): Figure[] =>
  input.definitions.flatMap((definition) => partsOf(definition, input).map((part) => figureOf(part, input)));

type Part = Pick<Figure, 'id' | 'currency' | 'by'>;

function partsOf({ id, unit }: FigureDefinition, { tally, before, currencies }: FiguresOfInput): Part[] {
  if (unit === 'money') return currencies.map((currency) => ({ id, currency, by: null }));
  const counted = [...tally.of(id), ...(before?.of(id) ?? [])].flatMap(({ by }) => (by === null ? [] : [by]));
  return [null, ...[...new Set(counted)].toSorted()].map((by) => ({ id, currency: null, by }));
}

function figureOf(part: Part, { tally, before, computed }: FiguresOfInput): Figure {
  const compute = computed?.[part.id];
  const valueIn = (counts: Tally): number | null => (compute ? compute(counts) : counts.valueOf(part));
  const figure: Figure = { ...part, value: valueIn(tally) };
  return before ? { ...figure, before: valueIn(before) } : figure;
}

/** Returns a share between 0 and 1 with four decimals; null over nothing. */
export const shareOf = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part * 10_000) / whole) / 10_000;

/** Returns the rest of a whole beside a share as it is shown: the two add up to 1. Null beside no share. */
export const restOf = (share: number | null): number | null =>
  share === null ? null : (10_000 - Math.round(share * 10_000)) / 10_000;
