import { compensationHandlers, type CompensationHandlersInput } from './compensations';
import { gatewayWebhookHandlers, type GatewayWebhookHandlersInput } from './gateway-webhooks';
import { ledgerHandlers } from './ledger';
import { paymentCommandHandlers, type PaymentCommandHandlersInput } from './payment-commands';
import { paymentHandlers, type PaymentHandlersInput } from './payments';
import { refundHandlers, type RefundHandlersInput } from './refunds';

interface PaymentsHandlersInput
  extends
    CompensationHandlersInput,
    GatewayWebhookHandlersInput,
    PaymentCommandHandlersInput,
    PaymentHandlersInput,
    RefundHandlersInput {}

/** Returns the handlers of payments and their gateways. */
export const paymentsHandlers = (input: PaymentsHandlersInput) => ({
  ...paymentHandlers(input),
  ...paymentCommandHandlers(input),
  ...refundHandlers(input),
  ...ledgerHandlers(input),
  ...gatewayWebhookHandlers(input),
  ...compensationHandlers(input),
});
