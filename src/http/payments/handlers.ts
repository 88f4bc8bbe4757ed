import { gatewayWebhookHandlers, type GatewayWebhookHandlersInput } from './gateway-webhooks';
import { ledgerHandlers } from './ledger';
import { paymentCommandHandlers, type PaymentCommandHandlersInput } from './payment-commands';
import { paymentHandlers, type PaymentHandlersInput } from './payments';
import { refundHandlers, type RefundHandlersInput } from './refunds';

export interface PaymentsHandlersInput
  extends GatewayWebhookHandlersInput, PaymentCommandHandlersInput, PaymentHandlersInput, RefundHandlersInput {}

/** Answers the operations of payments and their gateways. */
export const paymentsHandlers = (input: PaymentsHandlersInput) => ({
  ...paymentHandlers(input),
  ...paymentCommandHandlers(input),
  ...refundHandlers(input),
  ...ledgerHandlers(input),
  ...gatewayWebhookHandlers(input),
});
