import { toDecimal } from '../../../domain/money-text';
import type { Cell, Row } from '../../../domain/reports/report-content';
import type { ColumnDefinition, CsvSettings } from '../../../domain/reports/report-type';
import { localTimes } from '../text/local-time';
import { plainText } from '../text/plain-text';
import { guardFormula } from './formula-guard';

interface CsvColumn {
  header: string;
  text: (cell: NonNullable<Cell>, row: Row) => string;
  /** Position of its cell in the row. */
  index: number;
}

export interface CsvCellsInput {
  columns: readonly ColumnDefinition[];
  timeZone: string;
  csv: CsvSettings;
}

/**
 * Returns the header and a function from a row to its fields, unquoted. An instant has two fields, in UTC and on the
 * clock of the zone; an amount is a decimal of its row's currency; nothing is an empty field.
 */
export function csvCells(input: CsvCellsInput): { header: string[]; fields: (row: Row) => string[] } {
  const columns = csvColumns(input);
  return {
    header: columns.map(({ header }) => header),
    fields: (row) =>
      columns.map(({ index, text }) => {
        const cell = row[index] ?? null;
        return cell === null ? '' : text(cell, row);
      }),
  };
}

function csvColumns({ columns, timeZone, csv: { delimiter, decimal } }: CsvCellsInput): CsvColumn[] {
  const currencyIndex = columns.findIndex(({ kind }) => kind === 'currency');
  const withSeparator = (figure: string): string => (decimal === '.' ? figure : figure.replace('.', decimal));
  const amount: CsvColumn['text'] = (cell, row) =>
    withSeparator(toDecimal({ amountMinor: Number(cell), currency: String(row[currencyIndex]) }));

  return columns.flatMap(({ id, kind }, index) => {
    switch (kind) {
      case 'text':
        return { header: id, index, text: (cell) => guardFormula(plainText(String(cell)), delimiter) };
      case 'money':
        return { header: id, index, text: amount };
      case 'share':
        return { header: id, index, text: (cell) => withSeparator(String(cell)) };
      case 'instant': {
        const toLocal = localTimes(timeZone);
        return [
          { header: `${id}Utc`, index, text: String },
          { header: `${id}Local`, index, text: (cell) => toLocal(String(cell)) },
        ];
      }
      default:
        return { header: id, index, text: String };
    }
  });
}
