import { moneyFigures } from '../figures/money-figures';
import { summaryFigures } from '../figures/summary-figures';
import type { Figure, Row } from '../report-content';
import { reportPeriods, type FigureDefinition, type ReportType } from '../report-type';

const { captured, refunded, net, captures, refunds } = moneyFigures;
const {
  onboardingsAccepted,
  onboardingsEnded,
  paymentsAccepted,
  paymentsAuthorised,
  paymentsDeclined,
  approvalRate,
  paymentsFailed,
  paymentsCancelled,
  refundsOrdered,
  refundsRefused,
  subscriptionsAccepted,
  trialsStarted,
  subscriptionsEnded,
  needsPerson,
} = summaryFigures;

const figures: readonly FigureDefinition[] = [
  captured,
  refunded,
  net,
  paymentsAccepted,
  paymentsAuthorised,
  captures,
  paymentsDeclined,
  approvalRate,
  paymentsFailed,
  paymentsCancelled,
  refundsOrdered,
  refunds,
  refundsRefused,
  subscriptionsAccepted,
  trialsStarted,
  subscriptionsEnded,
  onboardingsAccepted,
  onboardingsEnded,
  needsPerson,
];

/** The figures of a window beside those of the window before it. Its rows are its figures. */
export const summaryReport = {
  type: 'summary',
  title: 'Summary',
  sentence: 'What happened in the window, each figure beside that of the window before it.',
  periods: reportPeriods,
  filters: [],
  figures,
  columns: [
    { id: 'figure', title: 'Figure', kind: 'code' },
    { id: 'by', title: 'By', kind: 'code' },
    { id: 'currency', title: 'Currency', kind: 'currency' },
    { id: 'amount', title: 'Amount', kind: 'money' },
    { id: 'amountBefore', title: 'Amount before', kind: 'money' },
    { id: 'count', title: 'Count', kind: 'count' },
    { id: 'countBefore', title: 'Count before', kind: 'count' },
    { id: 'share', title: 'Share', kind: 'share' },
    { id: 'shareBefore', title: 'Share before', kind: 'share' },
  ],
  rows: 'One row per figure',
  sections: ['figures'],
} as const satisfies ReportType;

/** Returns the rows of a summary: each figure in the columns of its unit. */
export const summaryRows = (values: readonly Figure[]): Row[] =>
  values.map((figure) => {
    const unit = figures.find(({ id }) => id === figure.id)?.unit;
    const inColumnsOf = (column: FigureDefinition['unit']): Row =>
      unit === column ? [figure.value, figure.before ?? null] : [null, null];
    const { id, by, currency } = figure;
    return [id, by, currency, ...inColumnsOf('money'), ...inColumnsOf('count'), ...inColumnsOf('share')];
  });
