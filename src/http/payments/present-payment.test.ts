import { assessFraud } from '../../domain/payments/fraud';
import type { Payment } from '../../models/payments/payment';
import { presentPayment } from './present-payment';

const amount = { amountMinor: 20_000_000, currency: 'EUR' };
const at = new Date('2026-11-21T09:00:00.000Z');
const payment = {
  _id: 'pay_1',
  state: 'review',
  unknownCall: null,
  amount,
  authorisedMinor: 0,
  capturedMinor: 0,
  refundedMinor: 0,
  pendingRefundMinor: 0,
  paymentMethod: 'pm_ok',
  card: null,
  customerId: 'c-1',
  orderRef: null,
  description: null,
  capture: 'automatic',
  metadata: {},
  actionUrl: null,
  fraud: null,
  review: null,
  reason: null,
  undoing: null,
  until: null,
  correlationId: 'test',
  createdAt: at,
  updatedAt: at,
} as unknown as Payment;

describe('the reason of a decline', () => {
  const facts = {
    amount,
    velocity: { paymentsLastHour: 70, paymentsLastDay: 400, declinesLastHour: 20 },
    subjects: [{ kind: 'customer', value: 'c-1' }],
  } as const;

  it('is shown by rule and in words, without the limits that a fraudster could stay below', () => {
    const { reasons } = presentPayment({ ...payment, fraud: assessFraud({ facts }) }).fraud ?? { reasons: [] };
    expect(reasons.map(({ rule }) => rule)).toEqual([
      'amount',
      'payments_per_hour',
      'payments_per_day',
      'declines_per_hour',
    ]);
    for (const { detail } of reasons) expect(detail).toMatch(/^[^\d]+\.$/);
    expect(reasons[0]).toEqual({ rule: 'amount', detail: 'The amount is unusually high.' });
  });

  it("includes the partner's own reason for an entry of the deny list", () => {
    const denied = {
      decision: 'deny' as const,
      reasons: [{ rule: 'deny_list', detail: 'The customer is on the deny list: 3 chargebacks in May' }],
    };
    expect(presentPayment({ ...payment, fraud: denied }).fraud).toEqual(denied);
  });
});
