import type { Figure } from '../../../domain/reports/report-content';
import type { FigureDefinition } from '../../../domain/reports/report-type';
import { changeText, figureText } from './figure-text';

export interface FigureRow {
  title: string;
  /** The part of the figure that the row is about, a text from outside; null for the whole. */
  by: string | null;
  /** With its unit; null where there is nothing to compute over. */
  value: string | null;
  before: string | null;
  change: string | null;
}

/** Figures that stand together: the amounts of one currency, or all that is no amount. */
export interface FigureTable {
  title: string;
  /** True where a figure stands beside that of the window before. */
  compares: boolean;
  rows: readonly FigureRow[];
}

/** Returns the figures as tables, in the order of their definitions; amounts of each currency apart. */
export function figureTables({
  definitions,
  figures,
}: {
  definitions: readonly FigureDefinition[];
  figures: readonly Figure[];
}): FigureTable[] {
  const tables = new Map<string, { compares: boolean; rows: FigureRow[] }>();
  for (const definition of definitions) {
    for (const figure of figures) {
      if (figure.id !== definition.id) continue;
      const title = figure.currency === null ? 'Counts, rates and times' : `Amounts in ${figure.currency}`;
      const table = tables.get(title) ?? { compares: false, rows: [] };
      table.compares ||= figure.before !== undefined;
      table.rows.push(figureRow(definition, figure));
      tables.set(title, table);
    }
  }
  return [...tables].map(([title, table]) => ({ title, ...table }));
}

function figureRow({ title, unit }: FigureDefinition, { currency, by, value, before }: Figure): FigureRow {
  const text = (value: number): string => figureText({ unit, currency, value });
  const isComparable = value !== null && typeof before === 'number';
  return {
    title,
    by,
    value: value === null ? null : text(value),
    before: typeof before === 'number' ? text(before) : null,
    change: isComparable ? changeText({ unit, currency, value, before }) : null,
  };
}
