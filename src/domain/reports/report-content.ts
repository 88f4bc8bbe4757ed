/** A cell of a table: text, a number, or null for nothing. Money is in minor units of the row's currency. */
export type Cell = string | number | null;

/** One row, with a cell for each column of the report's type, in their order. */
export type Row = readonly Cell[];

/**
 * One figure as it came out. Money is in minor units of `currency`, a share is between 0 and 1 with four decimals, a
 * duration in seconds.
 */
export interface Figure {
  /** The id of its definition. */
  id: string;
  /** Set for money. Amounts of different currencies are never added. */
  currency: string | null;
  /** What the figure is broken down by, such as a reason; null for the whole. */
  by: string | null;
  /** Null where there is nothing to compute over: a rate over nobody. */
  value: number | null;
  /** The same figure of the window before; left out by types that do not compare. */
  before?: number | null;
}

/** A figure over the days of a window, or over the hours of one day: what a chart shows. */
export interface Series {
  /** The id of the figure's definition. */
  id: string;
  currency: string | null;
  /** Labels are local dates (`2026-03-29`) or hours (`02:00`), in order. */
  points: readonly { label: string; value: number }[];
}

/** What a report says, apart from its rows: every file is rendered from this one set and from the same rows. */
export interface ReportContent {
  figures: readonly Figure[];
  series: readonly Series[];
}

/**
 * Returns true for a report in which nothing happened: every figure is zero or null. Whatever has a row is counted by a
 * figure, and the rows of a summary or a statement are the figures themselves, so that rows say nothing more.
 */
export const isEmptyReport = (figures: readonly Figure[]): boolean => figures.every(({ value }) => !value);
