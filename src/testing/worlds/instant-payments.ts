import type { ProcessPaymentResult } from '../../contracts/payments/payment';

/*
 * The workflows of subscriptions with a payment that is captured immediately: for tests of many subscriptions, which do
 * not test payments.
 */
export { subscription } from '../../../workflows/subscriptions/subscription';
export { subscriptionPayment } from '../../../workflows/subscriptions/subscription-payment';

export const processPayment = async (): Promise<ProcessPaymentResult> => ({
  state: 'captured',
  unknownCall: null,
  reason: null,
});
