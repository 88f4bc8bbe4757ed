import { reportPeriods, type ReportType } from '../report-type';
import { customerFigureDefinitions } from './customer-figures';
import { mrrFigures } from './mrr-figures';

/** MRR with its movements, customers, trials and dunning. */
export const subscriptionsReport: ReportType = {
  type: 'subscriptions',
  title: 'Subscriptions',
  sentence:
    'The monthly recurring revenue (MRR) at the start and at the end of the window with every movement between, the ' +
    'customers who pay, the trials that ended, and the invoices that had to be dunned.',
  periods: reportPeriods,
  filters: ['currency', 'planId'],
  figures: [...mrrFigures, ...customerFigureDefinitions],
  columns: [
    { id: 'row', title: 'Row', kind: 'code' },
    { id: 'at', title: 'At', kind: 'instant' },
    { id: 'subscriptionId', title: 'Subscription', kind: 'id' },
    { id: 'customer', title: 'Customer', kind: 'text' },
    { id: 'planId', title: 'Plan', kind: 'id' },
    { id: 'currency', title: 'Currency', kind: 'currency' },
    { id: 'movement', title: 'Movement', kind: 'code' },
    { id: 'change', title: 'Change of MRR', kind: 'money' },
    { id: 'value', title: 'MRR', kind: 'money' },
    { id: 'reason', title: 'Reason', kind: 'code' },
  ],
  rows:
    'One row `movement` per MRR movement in the window, with the MRR of its subscription afterwards; then one row ' +
    '`subscription` per subscription that counts at the end, with its MRR since its last movement.',
  sections: ['movements', 'customers', 'milestones', 'subscriptions'],
};
