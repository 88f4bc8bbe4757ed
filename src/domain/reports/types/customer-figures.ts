import type { FigureDefinition } from '../report-type';

/** Who pays for subscriptions, how trials ended, and what dunning recovered. */
export const customerFigureDefinitions: readonly FigureDefinition[] = [
  {
    id: 'customers_start',
    title: 'Customers at the start',
    unit: 'count',
    sentence: 'Customers who pay when the window begins, in any currency.',
    formula: 'Customers whose movements dated before the window add up to more than 0.',
    example: { given: 'Ada and Bob pay at the start.', value: '2' },
  },
  {
    id: 'customers_won',
    title: 'Customers won',
    unit: 'count',
    sentence: 'Customers who did not pay at the start and pay at the end: new, reactivated or resumed.',
    formula: 'Customers at the end who were none at the start.',
    example: { given: 'Ada pays at the start. Cy and Di begin to pay, and Di cancels.', value: '1' },
  },
  {
    id: 'customers_lost',
    title: 'Customers lost',
    unit: 'count',
    sentence: 'Customers who paid at the start and pay nothing at the end: churned or paused.',
    formula: 'Customers at the start who are none at the end.',
    example: { given: 'Ada and Bob pay at the start, and Bob cancels.', value: '1' },
  },
  {
    id: 'customers_end',
    title: 'Customers at the end',
    unit: 'count',
    sentence: 'Customers who pay when the window ends.',
    formula: '`customers_start` + `customers_won` − `customers_lost`.',
    example: { given: 'Ada and Bob pay at the start, Bob cancels, Cy begins to pay.', value: '2' },
  },
  {
    id: 'customers_within',
    title: 'Customers who came and went',
    unit: 'count',
    sentence: 'Customers who paid in the window, but neither at its start nor at its end. In no rate.',
    formula: 'Customers with movements in the window who are none at the start and none at the end.',
    example: { given: 'Di begins to pay and cancels.', value: '1' },
  },
  {
    id: 'customer_churn_rate',
    title: 'Customer churn',
    unit: 'share',
    sentence: 'The share of the customers at the start who pay nothing at the end; nothing where there were none.',
    formula: '`customers_lost` ÷ `customers_start`.',
    example: { given: 'Ada and Bob pay at the start, and Bob cancels.', value: '0.5' },
  },
  {
    id: 'customer_retention_rate',
    title: 'Customer retention',
    unit: 'share',
    sentence: 'The share of the customers at the start who still pay at the end; nothing where there were none.',
    formula: '1 − `customer_churn_rate`, as that is rounded, so that the two add up to 1.',
    example: { given: 'Ada, Bob, Cy and Di pay at the start, and Di cancels.', value: '0.75' },
  },
  {
    id: 'mrr_retention_rate',
    title: 'MRR retention',
    unit: 'share',
    sentence:
      'The share of the MRR at the start that its customers still pay at the end. What they pay in addition does not ' +
      'make up for what others pay less.',
    formula: 'The sum over the customers of the less of their MRR at the start and at the end ÷ `mrr_start`.',
    example: { given: 'Ada goes from 10.00 EUR to 30.00 EUR, Bob from 10.00 EUR to 5.00 EUR.', value: '0.75' },
  },
  {
    id: 'trials_ended',
    title: 'Trials ended',
    unit: 'count',
    sentence: 'Trials that ended in the window, with a payment or without.',
    formula: '`trials_converted` + `trials_lost`.',
    example: { given: 'One trial is paid, one is cancelled, one goes on.', value: '2' },
  },
  {
    id: 'trials_converted',
    title: 'Trials converted',
    unit: 'count',
    sentence: 'Trials that ended in the window with their first payment.',
    formula: 'The milestones `trial_converted` of the window.',
    example: { given: 'One trial is paid, one is cancelled, one goes on.', value: '1' },
  },
  {
    id: 'trials_lost',
    title: 'Trials not converted',
    unit: 'count',
    sentence:
      'Trials that ended in the window without a payment: cancelled, or the first charge failed. A payment by ' +
      'dunning later does not change that.',
    formula: 'The milestones `trial_lost` of the window.',
    example: { given: 'The first charge after a trial fails, and is paid two days later.', value: '1' },
  },
  {
    id: 'trial_conversion_rate',
    title: 'Trial conversion',
    unit: 'share',
    sentence: 'The share of the trials that ended in the window which were paid; nothing where none ended.',
    formula: '`trials_converted` ÷ `trials_ended`.',
    example: { given: 'Three trials are paid, one is cancelled.', value: '0.75' },
  },
  {
    id: 'dunning_begun',
    title: 'Invoices in dunning',
    unit: 'count',
    sentence:
      'Invoices that dunning began to collect in the window, because the charge of a renewal, or the first charge ' +
      'after a trial or at a later start, failed. Not counted are the first charge of a subscription that starts ' +
      'immediately, the charge of a resumption or of a change of plan, and a charge that another payment method ' +
      'follows immediately.',
    formula:
      'The invoices whose milestone `dunning_begun` is dated in the window, which a failed charge has only where it ' +
      'leaves the subscription `past_due` or `unpaid`: `dunning_recovered` + `dunning_given_up` + `dunning_open`.',
    example: {
      given:
        'The charges of two renewals fail. So do the first charge of a new subscription, a resumption, a change of ' +
        'plan, and a renewal that another payment method pays immediately.',
      value: '2',
    },
  },
  {
    id: 'dunning_recovered',
    title: 'Invoices recovered',
    unit: 'count',
    sentence: 'Of the invoices that dunning began to collect in the window, those paid by its end.',
    formula: 'The last milestone of the invoice up to the end is `dunning_recovered`.',
    example: { given: 'A renewal fails on the 3rd, and its retry succeeds on the 4th.', value: '1' },
  },
  {
    id: 'dunning_given_up',
    title: 'Invoices given up',
    unit: 'count',
    sentence:
      'Of the invoices that dunning began to collect in the window, those whose last retry failed, or whose ' +
      'subscription ended, by its end.',
    formula: 'The last milestone of the invoice up to the end is `dunning_given_up`.',
    example: { given: 'A renewal and all its retries fail.', value: '1' },
  },
  {
    id: 'dunning_open',
    title: 'Invoices still in dunning',
    unit: 'count',
    sentence:
      'Of the invoices that dunning began to collect in the window, those neither paid nor given up at its end.',
    formula: 'The invoice has no further milestone up to the end.',
    example: { given: 'A renewal fails on the last day; its retry is due on the next.', value: '1' },
  },
];
