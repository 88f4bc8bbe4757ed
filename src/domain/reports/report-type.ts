import type { Cell } from './report-content';

/** What a figure counts. */
export type FigureUnit = 'count' | 'money' | 'share' | 'seconds';

/** The one definition of a figure. Two figures never share a title. */
export interface FigureDefinition {
  id: string;
  title: string;
  unit: FigureUnit;
  /** Says in a sentence what is counted. */
  sentence: string;
  /** Says how, in terms of events, postings or movements. */
  formula: string;
  /** A worked example: what happened, and what the figure then is. A test computes it. */
  example: { given: string; value: string };
}

/**
 * The kinds of columns. `text` comes from outside and may say anything; the other kinds are the platform's own. `money`
 * is in minor units of the row's `currency` column.
 */
export type ColumnKind = 'id' | 'code' | 'text' | 'currency' | 'money' | 'count' | 'share' | 'date' | 'instant';

export interface ColumnDefinition {
  id: string;
  title: string;
  kind: ColumnKind;
}

export const reportFormats = ['json', 'csv', 'html', 'pdf'] as const;
export type ReportFormat = (typeof reportFormats)[number];

export const reportPeriods = ['day', 'week', 'month', 'quarter', 'year', 'range'] as const;
export type ReportPeriod = (typeof reportPeriods)[number];

export const reportFilters = ['currency', 'planId'] as const;
export type ReportFilter = (typeof reportFilters)[number];

/** Everything that a type of report is, but for the reading of its facts. */
export interface ReportType {
  type: string;
  title: string;
  sentence: string;
  /** The windows that it can be made for. */
  periods: readonly ReportPeriod[];
  filters: readonly ReportFilter[];
  /** In the order in which they are shown. */
  figures: readonly FigureDefinition[];
  /** The columns of its one table. */
  columns: readonly ColumnDefinition[];
  /** What a row is, such as "One row per capture and refund". */
  rows: string;
  /** The parts in which its facts are gathered, in order. */
  sections: readonly string[];
}

/** The settings of a partner's CSV files. */
export interface CsvSettings {
  delimiter: ',' | ';' | '\t';
  /** The decimal separator of amounts. */
  decimal: '.' | ',';
  /** Begins the file with a byte order mark, by which Excel knows UTF-8. */
  bom: boolean;
}

export const defaultCsvSettings: CsvSettings = { delimiter: ',', decimal: '.', bom: false };

export interface ReportFilters {
  currency?: string;
  planId?: string;
}

/** Returns a row as an object by the ids of its columns. */
export const rowObject = (columns: readonly ColumnDefinition[], row: readonly Cell[]): Record<string, Cell> =>
  Object.fromEntries(columns.map(({ id }, index) => [id, row[index] ?? null]));
