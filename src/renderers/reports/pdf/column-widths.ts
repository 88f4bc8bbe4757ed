import type { ShownColumn } from '../page/shown-rows';

export interface ColumnWidthsInput {
  columns: readonly ShownColumn[];
  rows: readonly (readonly string[])[];
  /** The width of the table. */
  available: number;
  /** Returns the width of a text in a cell, with its padding. */
  measure: (text: string) => number;
}

/** Widths that texts and ids are given at least, since they can be broken. */
const LEAST_TEXT = 54;
const LEAST_ID = 66;

/**
 * Returns widths of the columns that fill the table. Figures, codes and dates keep to one line, an instant to two; ids
 * and texts share what is left by what they need.
 */
export function columnWidths({ columns, rows, available, measure }: ColumnWidthsInput): number[] {
  const needs = columns.map(({ title, kind }, index) => {
    const cells = rows.map((row) => measure(row[index] ?? ''));
    const natural = cells.reduce((widest, width) => Math.max(widest, width), measure(longestWord(title)));
    return { kind, natural, least: leastOf(kind, natural, measure) };
  });
  const least = needs.reduce((sum, need) => sum + need.least, 0);
  if (least > available) return needs.map((need) => (need.least * available) / least);

  const wanted = needs.map(({ natural, least }) => Math.min(natural, available / 3) - least).map(atLeastZero);
  const wantedInAll = wanted.reduce((sum, each) => sum + each, 0);
  const left = available - least;
  if (wantedInAll >= left) return needs.map((need, index) => need.least + (left * (wanted[index] ?? 0)) / wantedInAll);
  const rest = (left - wantedInAll) / needs.length;
  return needs.map((need, index) => need.least + (wanted[index] ?? 0) + rest);
}

function leastOf(kind: ShownColumn['kind'], natural: number, measure: (text: string) => number): number {
  switch (kind) {
    case 'text':
      return Math.min(natural, LEAST_TEXT);
    case 'id':
      return Math.min(natural, LEAST_ID);
    case 'instant':
      return Math.min(natural, measure('00:00:00 +00:00'));
    default:
      return natural;
  }
}

const atLeastZero = (value: number): number => Math.max(0, value);

const longestWord = (title: string): string =>
  title.split(' ').reduce((longest, word) => (word.length > longest.length ? word : longest), '');
