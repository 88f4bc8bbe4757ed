import type { Money } from '../../money';
import { settledPaymentStates, type PaymentState } from '../../payments/payment';
import type { RefundState } from '../../payments/refund';
import type { Tally } from '../facts/tally';
import type { FigureDefinition } from '../report-type';

/** What is not known yet at the end of the window. */
export const standingFigures = [
  {
    id: 'payments_unknown',
    title: 'Payments of unknown outcome at the end',
    unit: 'count',
    sentence: 'Payments about which the gateway had not answered at the end of the window, and which are looked up.',
    formula: 'Payments whose last event dated before the end leaves them `unknown`.',
    example: {
      given: 'A capture without an answer at 23:50, looked up as captured at 00:10 on the next day.',
      value: '1',
    },
  },
  {
    id: 'unknown_amount',
    title: 'Amount of unknown outcome at the end',
    unit: 'money',
    sentence: 'The amounts of the payments of unknown outcome at the end of the window.',
    formula: 'The accepted amounts of the payments that `payments_unknown` counts.',
    example: { given: 'Two payments of 5.00 EUR and 7.00 EUR are unknown at the end.', value: '12.00 EUR' },
  },
  {
    id: 'payments_pending',
    title: 'Payments under way at the end',
    unit: 'count',
    sentence:
      'Payments that were neither captured nor ended at the end of the window, those of unknown outcome included.',
    formula: 'Payments accepted before the end without `captured`, `declined`, `failed` or `cancelled` before it.',
    example: { given: 'One payment waits for its capture and one is unknown at the end.', value: '2' },
  },
  {
    id: 'refunds_pending',
    title: 'Refunds under way at the end',
    unit: 'count',
    sentence: 'Refunds that were accepted, and neither given back nor refused at the end of the window.',
    formula: 'Refunds accepted before the end without `succeeded` or `failed` before it.',
    example: { given: 'A refund accepted at 23:50 is given back at 00:10 on the next day.', value: '1' },
  },
  {
    id: 'pending_refund_amount',
    title: 'Amount of refunds under way at the end',
    unit: 'money',
    sentence: 'The amounts of the refunds that were under way at the end of the window.',
    formula: 'The accepted amounts of the refunds that `refunds_pending` counts.',
    example: { given: 'Refunds of 3.00 EUR and 1.50 EUR are under way at the end.', value: '4.50 EUR' },
  },
] as const satisfies readonly FigureDefinition[];

/** A payment or refund as it stood at the end of a window, with its accepted amount. */
export type Standing = { amount: Money } & (
  | { entityType: 'payment'; state: PaymentState }
  | { entityType: 'refund'; state: RefundState }
);

/** Counts a payment or refund that was under way at the end of the window; others change nothing. */
export function addStanding(tally: Tally, { amount: { amountMinor, currency }, ...standing }: Standing): void {
  if (standing.entityType === 'refund') {
    if (standing.state !== 'pending') return;
    tally.add({ id: 'refunds_pending' });
    tally.add({ id: 'pending_refund_amount', currency }, amountMinor);
  } else {
    if (settledPaymentStates.includes(standing.state)) return;
    tally.add({ id: 'payments_pending' });
    if (standing.state !== 'unknown') return;
    tally.add({ id: 'payments_unknown' });
    tally.add({ id: 'unknown_amount', currency }, amountMinor);
  }
}
