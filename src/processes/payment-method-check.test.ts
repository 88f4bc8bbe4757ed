import { GatewayUnavailable } from '../clients/gateways/gateway-errors';
import type { PaymentGateway, PaymentMethodResult } from '../clients/gateways/payment-gateway';
import { createPaymentMethodCheck } from './payment-method-check';

const input = { tenantId: 'ptn_a:live', paymentMethod: 'pm_1', customerId: 'cust-1', at: '2027-01-15T00:00:00Z' };
const card = {
  status: 'found',
  brand: 'visa',
  last4: '4242',
  expMonth: 1,
  expYear: 2027,
  funding: 'credit',
  savedFor: null,
} as const;

/** Returns the check against a gateway with this answer, where the customer is `cus_ours`. */
const checkWith = (answer: () => Promise<PaymentMethodResult>, limitMs?: number) =>
  createPaymentMethodCheck({
    database: {
      models: { gatewayCustomers: { findOne: () => ({ lean: async () => ({ gatewayCustomerId: 'cus_ours' }) }) } },
    } as never,
    gatewayFor: () => ({ getPaymentMethod: answer }) as Partial<PaymentGateway> as PaymentGateway,
    limitMs,
  });

test.each<[string, PaymentMethodResult]>([
  ['unknown to the gateway', { status: 'not_found' }],
  ['expired', { ...card, expYear: 2026 }],
  ["another customer's", { ...card, savedFor: 'cus_other' }],
])('a payment method that is %s is refused when it is given', async (_name, answer) => {
  await expect(checkWith(async () => answer)(input)).rejects.toMatchObject({
    code: 'PAYMENT_METHOD_UNUSABLE',
    pointer: '/paymentMethod',
  });
});

test.each<[string, PaymentMethodResult]>([
  ['valid', card],
  ['saved for this customer', { ...card, savedFor: 'cus_ours' }],
])('a payment method that is %s is accepted', async (_name, answer) => {
  await expect(checkWith(async () => answer)(input)).resolves.toBeUndefined();
});

test('a gateway that is away refuses no payment method', async () => {
  const away = async () => {
    throw new GatewayUnavailable({ call: 'getPaymentMethod', reason: 'ECONNREFUSED' });
  };
  await expect(checkWith(away)(input)).resolves.toBeUndefined();
});

test('a gateway that does not answer keeps no request waiting', async () => {
  const began = Date.now();
  await expect(checkWith(() => new Promise(() => undefined), 50)(input)).resolves.toBeUndefined();
  expect(Date.now() - began).toBeLessThan(5000);
});
