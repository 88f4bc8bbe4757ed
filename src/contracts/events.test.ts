import { eventTypes, summaryOf, type EventType } from './events';

const said = (type: EventType, data: Record<string, unknown>, currency = 'EUR') => summaryOf({ type, data, currency });

/** As the activities and models write them. */
const amounts = {
  amountMinor: 300,
  captureMinor: 300,
  capturedMinor: 300,
  refundMinor: 300,
  totalMinor: 300,
  paidMinor: 300,
  dueMinor: 250,
  subtotalMinor: 300,
};

describe('what a timeline says', () => {
  it.each(eventTypes)('%s: no amount in minor units', (type) => {
    expect(said(type, amounts)).not.toMatch(/minor unit|\b(300|250)\b/);
  });

  it.each([
    ['payment.captured', 'EUR', '3.00 EUR were taken.'],
    ['payment.captured', 'JPY', '300 JPY were taken.'],
    ['payment.capturing', 'KWD', 'The gateway is asked to take 0.300 KWD.'],
    ['payment.refund_requested', 'EUR', 'A refund of 3.00 EUR was accepted and reserved.'],
    [
      'subscription.charge_retried',
      'EUR',
      'The open invoice is charged again (attempt 2, over the 2.50 EUR that are left).',
    ],
    ['subscription.cancelled', 'EUR', 'The subscription was cancelled (requested); 3.00 EUR are given back.'],
  ] as const)('%s in %s: %s', (type, currency, sentence) =>
    expect(said(type, { ...amounts, attempt: 2, reason: 'requested' }, currency)).toBe(sentence),
  );

  it('names the plan as it was called at the time of the change', () => {
    const data = { planId: 'pln_1', planName: 'Pro', quantity: 3 };
    expect(said('subscription.plan_changed', data)).toBe('The plan is now Pro × 3.');
    expect(said('subscription.plan_change_waiting', { ...data, effectiveAt: '2027-01-01T00:00:00.000Z' })).toBe(
      'The plan becomes Pro × 3 at the end of the period, 2027-01-01T00:00:00.000Z.',
    );
  });

  it('says of a first charge, too, why nobody waits for it', () =>
    expect(said('payment.released', {})).not.toContain('renewal'));
});
