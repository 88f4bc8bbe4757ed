import type { Figure } from './report-content';

/** A figure that differs between two reports of the same window. */
export interface ReportChange {
  id: string;
  currency: string | null;
  by: string | null;
  /** Null where the report before did not have the figure, or it had no value. */
  before: number | null;
  /** Null where the report does not have it any more, or it has no value. */
  value: number | null;
}

const keyOf = ({ id, currency, by }: Figure): string => JSON.stringify([id, currency, by]);

/** Returns the figures whose values differ, in the order of the newer report; those that are gone come last. */
export function changesBetween(before: readonly Figure[], after: readonly Figure[]): ReportChange[] {
  const old = new Map(before.map((figure) => [keyOf(figure), figure]));
  const current = new Set(after.map(keyOf));
  const change = ({ id, currency, by }: Figure, from: number | null, to: number | null): ReportChange[] =>
    from === to ? [] : [{ id, currency, by, before: from, value: to }];
  return [
    ...after.flatMap((figure) => change(figure, old.get(keyOf(figure))?.value ?? null, figure.value)),
    ...before.filter((figure) => !current.has(keyOf(figure))).flatMap((figure) => change(figure, figure.value, null)),
  ];
}
