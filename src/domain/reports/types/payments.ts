import { paymentEffectKinds } from '../facts/payment-effects';
import { moneyFigures } from '../figures/money-figures';
import { standingFigures } from '../figures/standing-figures';
import { reportPeriods, type ReportType } from '../report-type';

/** One row per movement of captured money, so that the rows add up to the ledger of the window. */
export const paymentsReport = {
  type: 'payments',
  title: 'Payments',
  sentence:
    'Every movement of captured money: captures, refunds on the day on which they are given back, refunds that ' +
    "failed after all, and disputes. Fees of the gateway are not in the platform's ledger and are left out.",
  periods: reportPeriods,
  filters: ['currency'],
  figures: [...Object.values(moneyFigures), ...standingFigures],
  columns: [
    { id: 'paymentId', title: 'Payment', kind: 'id' },
    { id: 'refundId', title: 'Refund', kind: 'id' },
    { id: 'orderRef', title: 'Order', kind: 'text' },
    { id: 'customerId', title: 'Customer', kind: 'text' },
    { id: 'description', title: 'Description', kind: 'text' },
    { id: 'key', title: 'Gateway key', kind: 'id' },
    { id: 'kind', title: 'Kind', kind: 'code' },
    { id: 'at', title: 'Time', kind: 'instant' },
    { id: 'currency', title: 'Currency', kind: 'currency' },
    { id: 'amount', title: 'Amount', kind: 'money' },
    { id: 'held', title: 'Held', kind: 'money' },
  ],
  rows: `One row per movement of captured money (${paymentEffectKinds.join(', ')})`,
  sections: ['movements', 'standing'],
} as const satisfies ReportType;
