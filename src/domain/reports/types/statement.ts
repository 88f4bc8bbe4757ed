import { statementFigures } from '../figures/statement-figures';
import type { Figure, Row } from '../report-content';
import type { ReportType } from '../report-type';

/** The balances of a month, from the closing of the month before to its own. Its rows are its figures. */
export const statementReport = {
  type: 'statement',
  title: 'Statement',
  sentence:
    'The balance of every account of the ledger at the beginning and at the end of a month, and what changed it. ' +
    'What is recorded late stands in the next statement, so that no statement ever changes.',
  periods: ['month'],
  filters: ['currency'],
  figures: statementFigures,
  columns: [
    { id: 'account', title: 'Account', kind: 'code' },
    { id: 'currency', title: 'Currency', kind: 'currency' },
    { id: 'opening', title: 'Opening', kind: 'money' },
    { id: 'entries', title: 'Entries', kind: 'money' },
    { id: 'earlier', title: 'Entries of earlier periods', kind: 'money' },
    { id: 'closing', title: 'Closing', kind: 'money' },
  ],
  rows: 'One row per account and currency',
  sections: ['accounts'],
} as const satisfies ReportType;

/** Returns the rows of a statement: opening, entries, entries of earlier periods and closing of each account. */
export function statementRows(figures: readonly Figure[]): Row[] {
  const valueOf = (id: string, { by, currency }: Figure): number | null =>
    figures.find((one) => one.id === id && one.by === by && one.currency === currency)?.value ?? null;
  const accounts = figures.filter(({ id }) => id === statementFigures[0].id);
  return accounts.map((figure) => [
    figure.by,
    figure.currency,
    ...statementFigures.map(({ id }) => valueOf(id, figure)),
  ]);
}
