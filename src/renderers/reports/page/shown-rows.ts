import type { Cell, Row } from '../../../domain/reports/report-content';
import type { ColumnDefinition, ColumnKind, ReportFormat } from '../../../domain/reports/report-type';
import type { RenderInput } from '../../../domain/reports/render-input';
import { localTimes } from '../text/local-time';
import { plainText } from '../text/plain-text';
import { amountText, groupDigits, shareText } from './figure-text';

/** Rows that a file for people shows; all stand in the files for machines. */
export const MAX_SHOWN_ROWS = 1000;

export interface ShownColumn {
  title: string;
  kind: ColumnKind;
  isNumber: boolean;
  /** True for text from outside. */
  isForeign: boolean;
}

/** The first rows of a report as texts for people. */
export interface ShownRows {
  columns: readonly ShownColumn[];
  rows: readonly (readonly string[])[];
  /** Such as "1,000 of 48,210 rows, all in the CSV."; null where all rows are shown. */
  cutOff: string | null;
}

/** Reads the rows that are shown, and no more. */
export async function shownRows({ type, report, rows, formats }: RenderInput): Promise<ShownRows> {
  const { timeZone } = report.window;
  const texts = cellTexts(type.columns, timeZone);
  const shown: string[][] = [];
  for await (const page of rows()) {
    for (const row of page.slice(0, MAX_SHOWN_ROWS - shown.length)) {
      shown.push(texts.map((text, index) => text(row[index] ?? null, row)));
    }
    if (shown.length === MAX_SHOWN_ROWS) break;
  }
  return {
    columns: type.columns.map(({ title, kind }) => ({
      title: kind === 'instant' ? `${title} (${timeZone})` : title,
      kind,
      isNumber: kind === 'money' || kind === 'count' || kind === 'share',
      isForeign: kind === 'text',
    })),
    rows: shown,
    cutOff: cutOffText({ shown: shown.length, of: report.rowCount, formats }),
  };
}

function cutOffText(input: { shown: number; of: number; formats: readonly ReportFormat[] }): string | null {
  const { shown, of, formats } = input;
  if (of <= shown) return null;
  const counts = `${groupDigits(String(shown))} of ${groupDigits(String(of))} rows`;
  if (formats.includes('csv')) return `${counts}, all in the CSV.`;
  if (formats.includes('json')) return `${counts}, all in the JSON.`;
  return `${counts}. Make the report as CSV to have all of them.`;
}

type CellText = (cell: Cell, row: Row) => string;

function cellTexts(columns: readonly ColumnDefinition[], timeZone: string): CellText[] {
  const currencyIndex = columns.findIndex(({ kind }) => kind === 'currency');
  return columns.map(({ kind }): CellText => {
    const text = (): ((cell: NonNullable<Cell>, row: Row) => string) => {
      switch (kind) {
        case 'money':
          return (cell, row) => amountText(Number(cell), String(row[currencyIndex]));
        case 'count':
          return (cell) => groupDigits(String(cell));
        case 'share':
          return (cell) => shareText(Number(cell));
        case 'instant':
          return clockTimes(timeZone);
        default:
          return (cell) => plainText(String(cell));
      }
    };
    const textOf = text();
    return (cell, row) => (cell === null ? '' : textOf(cell, row));
  });
}

/** Returns a function to "2026-03-29 03:00:00 +02:00", without fractions of the second. */
function clockTimes(timeZone: string): (cell: NonNullable<Cell>) => string {
  const toLocal = localTimes(timeZone);
  return (cell) => toLocal(String(cell)).replace(/^([\d-]+)T([\d:]{8})(?:\.\d+)?/, '$1 $2 ');
}
