import { eventTypes, summaryOf, type EventType } from './events';

const summary = (type: EventType, data: Record<string, unknown>, currency = 'EUR') =>
  summaryOf({ type, data, currency });

/** Amounts under the names that the activities and models write. */
const amounts = {
  amountMinor: 300,
  captureMinor: 300,
  capturedMinor: 300,
  refundMinor: 300,
  totalMinor: 300,
  paidMinor: 300,
  dueMinor: 250,
  subtotalMinor: 300,
  differences: [
    {
      id: 'pay_1',
      account: 'captured',
      recorded: { amountMinor: 300, currency: 'EUR' },
      posted: { amountMinor: 250, currency: 'EUR' },
    },
  ],
};

describe('the sentences of a timeline', () => {
  it.each(eventTypes)('%s shows no amount in minor units', (type) => {
    expect(summary(type, amounts)).not.toMatch(/minor unit|\b(300|250)\b/);
  });

  it.each([
    ['payment.captured', 'EUR', '3.00 EUR was captured.'],
    ['payment.captured', 'JPY', '300 JPY was captured.'],
    ['payment.capturing', 'KWD', '0.300 KWD is being captured.'],
    ['payment.refund_requested', 'EUR', 'A refund of 3.00 EUR was accepted and reserved.'],
    [
      'subscription.charge_retried',
      'EUR',
      'The open invoice is being charged again (attempt 2, for the remaining 2.50 EUR).',
    ],
    ['subscription.cancelled', 'EUR', 'The subscription was cancelled (requested); 3.00 EUR is being refunded.'],
  ] as const)('%s in %s: %s', (type, currency, sentence) =>
    expect(summary(type, { ...amounts, attempt: 2, reason: 'requested' }, currency)).toBe(sentence),
  );

  it('name the plan that the event stored', () => {
    const data = { planId: 'pln_1', planName: 'Pro', quantity: 3 };
    expect(summary('subscription.plan_changed', data)).toBe('The plan is now Pro × 3.');
    expect(summary('subscription.plan_change_waiting', { ...data, effectiveAt: '2027-01-01T00:00:00.000Z' })).toBe(
      'The plan becomes Pro × 3 at the end of the period, 2027-01-01T00:00:00.000Z.',
    );
  });

  it('do not call a released first charge a renewal', () =>
    expect(summary('payment.released', {})).not.toContain('renewal'));
});
