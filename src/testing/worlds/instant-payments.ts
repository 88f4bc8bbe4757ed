import type { ProcessPaymentResult } from '../../contracts/payments/payment';

/* The workflows of subscriptions beside a payment that is captured at once: for tests of many subscriptions, which are not about payments. */
export { subscription } from '../../../workflows/subscriptions/subscription';
export { subscriptionPayment } from '../../../workflows/subscriptions/subscription-payment';

export const processPayment = async (): Promise<ProcessPaymentResult> => ({
  state: 'captured',
  unknownCall: null,
  reason: null,
});
