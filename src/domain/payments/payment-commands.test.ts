import { moneyOf } from '../money';
import { endedPaymentStates, paymentStates } from './payment';
import { captureAmount, refusePaymentCommand } from './payment-commands';

describe('commands', () => {
  test.each([
    ['capturePayment', 'authorised', null],
    ['capturePayment', 'captured', 'PAYMENT_NOT_CAPTURABLE'],
    ['capturePayment', 'unknown', 'PAYMENT_NOT_CAPTURABLE'],
    ['reviewPayment', 'review', null],
    ['reviewPayment', 'authorised', 'PAYMENT_NOT_IN_REVIEW'],
    ['refundPayment', 'captured', null],
    ['refundPayment', 'partially_refunded', null],
    ['refundPayment', 'authorised', 'PAYMENT_NOT_REFUNDABLE'],
    ['cancelPayment', 'unknown', null],
    ['cancelPayment', 'captured', null],
    ['cancelPayment', 'refunded', 'PAYMENT_ALREADY_ENDED'],
  ] as const)('%s on a manual payment that is %s: %s', (command, state, code) => {
    expect(refusePaymentCommand({ command, state, capture: 'manual' })?.code ?? null).toBe(code);
  });

  test('an automatic payment captures itself', () => {
    const refusal = refusePaymentCommand({ command: 'capturePayment', state: 'authorised', capture: 'automatic' });
    expect(refusal).toMatchObject({
      code: 'PAYMENT_NOT_CAPTURABLE',
      detail: expect.stringContaining('captures itself'),
    });
  });

  test('cancel is refused exactly where the payment has ended', () => {
    for (const state of paymentStates) {
      const refused = refusePaymentCommand({ command: 'cancelPayment', state, capture: 'automatic' }) !== null;
      expect([state, refused]).toEqual([state, endedPaymentStates.includes(state)]);
    }
  });

  test('a capture takes all or part of the authorised amount, never more or another currency', () => {
    const authorised = moneyOf(1000, 'JPY');
    expect(captureAmount({ authorised })).toEqual(authorised);
    expect(captureAmount({ authorised, requested: moneyOf(1, 'JPY') }).amountMinor).toBe(1);
    expect(() => captureAmount({ authorised, requested: moneyOf(1001, 'JPY') })).toThrow(
      expect.objectContaining({ code: 'CAPTURE_EXCEEDS_AUTHORISATION', pointer: '/amount/amountMinor' }),
    );
    expect(() => captureAmount({ authorised, requested: moneyOf(10, 'EUR') })).toThrow(
      expect.objectContaining({ code: 'CURRENCY_MISMATCH' }),
    );
    expect(() => captureAmount({ authorised, requested: moneyOf(11, 'JPY'), stepMinor: 10 })).toThrow(
      expect.objectContaining({ code: 'AMOUNT_NOT_IN_STEPS' }),
    );
    expect(() => captureAmount({ authorised, requested: moneyOf(0, 'JPY') })).toThrow(
      expect.objectContaining({ code: 'AMOUNT_NOT_POSITIVE' }),
    );
  });
});
