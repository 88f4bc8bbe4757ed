import type { FigureDefinition } from '../report-type';

/** What subscriptions are worth per month, and how that changed. */
export const mrrFigures: readonly FigureDefinition[] = [
  {
    id: 'mrr_start',
    title: 'MRR at the start',
    unit: 'money',
    sentence:
      'The monthly recurring revenue when the window begins: price times quantity per month of every subscription ' +
      'that has been paid at least once and is active or past due. Trials, and what is paused, unpaid or cancelled, ' +
      'count 0; a cancel at the end of a period counts until then.',
    formula:
      'The sum of the MRR movements dated before the window. Per month, a year is 12 months, a week 7 days, a day ' +
      '12/365 of a month; rounded half up once.',
    example: { given: 'Before the window, one subscription to 10.00 EUR a month is paid.', value: '10.00 EUR' },
  },
  {
    id: 'mrr_new',
    title: 'New MRR',
    unit: 'money',
    sentence: 'MRR of customers who pay for the first time.',
    formula: 'The sum of the movements `new`: the customer paid nothing in this currency, and never had.',
    example: { given: 'A trial of a plan of 120.00 EUR a year ends with its first payment.', value: '10.00 EUR' },
  },
  {
    id: 'mrr_reactivation',
    title: 'Reactivated MRR',
    unit: 'money',
    sentence: 'MRR of customers who had paid before, then nothing, and pay again.',
    formula: 'The sum of the movements `reactivation`: the customer paid nothing in this currency, but had.',
    example: { given: 'A customer who cancelled in spring pays 10.00 EUR a month again.', value: '10.00 EUR' },
  },
  {
    id: 'mrr_resumed',
    title: 'Resumed MRR',
    unit: 'money',
    sentence: 'MRR of subscriptions that were paused after they had been paid, and were resumed.',
    formula: 'The sum of the movements `resumed`, whatever else the customer pays.',
    example: { given: 'A paused subscription of 10.00 EUR a month is resumed.', value: '10.00 EUR' },
  },
  {
    id: 'mrr_expansion',
    title: 'Expansion MRR',
    unit: 'money',
    sentence: 'MRR that customers who were paying pay in addition.',
    formula: 'The sum of the movements `expansion`: the customer paid in this currency, and pays more.',
    example: { given: 'A change from 10.00 EUR to 30.00 EUR a month is paid.', value: '20.00 EUR' },
  },
  {
    id: 'mrr_contraction',
    title: 'Contraction MRR',
    unit: 'money',
    sentence: 'MRR that customers who go on paying pay less. Negative.',
    formula: 'The sum of the movements `contraction`: the customer pays less in this currency, but not nothing.',
    example: { given: 'A customer cancels one of two subscriptions of 10.00 EUR a month.', value: '-10.00 EUR' },
  },
  {
    id: 'mrr_paused',
    title: 'Paused MRR',
    unit: 'money',
    sentence: 'MRR of subscriptions that were paused. Negative.',
    formula: 'The sum of the movements `paused`, whatever else the customer pays.',
    example: { given: 'A subscription of 10.00 EUR a month is paused.', value: '-10.00 EUR' },
  },
  {
    id: 'mrr_churn',
    title: 'Churned MRR',
    unit: 'money',
    sentence:
      'MRR of customers who pay nothing any more: they cancelled, or, by `payment`, their last retry failed. Negative.',
    formula: 'The sum of the movements `churn`: the customer paid in this currency, and pays nothing.',
    example: { given: 'A customer’s only subscription, 10.00 EUR a month, becomes unpaid.', value: '-10.00 EUR' },
  },
  {
    id: 'mrr_transfer',
    title: 'MRR from and to other plans',
    unit: 'money',
    sentence: 'With the filter `planId`: MRR that came from other plans, less MRR that went to others.',
    formula: 'The plan’s part of the movements that change the plan of a paid subscription.',
    example: { given: 'A subscription of 10.00 EUR leaves the plan for one of 30.00 EUR.', value: '-10.00 EUR' },
  },
  {
    id: 'mrr_end',
    title: 'MRR at the end',
    unit: 'money',
    sentence: 'The monthly recurring revenue when the window ends.',
    formula: '`mrr_start` plus all movements of the window: also the sum of the rows `subscription`.',
    example: { given: '10.00 EUR at the start, 20.00 EUR of expansion, 5.00 EUR of contraction.', value: '25.00 EUR' },
  },
];
