import { QUARTER_MS } from './bucket';

/** A stretch of time, half-open. */
export interface Stretch {
  from: Date;
  to: Date;
}

export interface SplitWindow {
  /** Whole quarters of an hour; null where there is none. */
  whole: Stretch | null;
  /** What is left at the ends: only of a window that does not begin or end with a quarter. */
  edges: Stretch[];
}

/** Splits a window into whole quarters of an hour and its edges. */
export function splitWindow({ from, to }: Stretch): SplitWindow {
  const wholeFrom = new Date(Math.ceil(from.getTime() / QUARTER_MS) * QUARTER_MS);
  const wholeTo = new Date(Math.floor(to.getTime() / QUARTER_MS) * QUARTER_MS);
  if (wholeFrom >= wholeTo) return { whole: null, edges: from < to ? [{ from, to }] : [] };
  const edges = [
    { from, to: wholeFrom },
    { from: wholeTo, to },
  ];
  return { whole: { from: wholeFrom, to: wholeTo }, edges: edges.filter((edge) => edge.from < edge.to) };
}
