import type { Connection } from 'mongoose';
import { compensationSchema, type Compensation } from './compensation';
import { gatewayCustomerSchema, type GatewayCustomer } from './gateway-customer';
import { gatewayEventSchema, type GatewayEvent } from './gateway-event';
import { ledgerPostingSchema, type LedgerPosting } from './ledger-posting';
import { paymentSchema, type Payment } from './payment';
import { refundSchema, type Refund } from './refund';

/** Defines the models of payments, refunds and the books about them. */
export const paymentsModels = (connection: Connection) => ({
  payments: connection.model<Payment>('Payment', paymentSchema),
  refunds: connection.model<Refund>('Refund', refundSchema),
  ledgerPostings: connection.model<LedgerPosting>('LedgerPosting', ledgerPostingSchema),
  compensations: connection.model<Compensation>('Compensation', compensationSchema),
  gatewayCustomers: connection.model<GatewayCustomer>('GatewayCustomer', gatewayCustomerSchema),
  gatewayEvents: connection.model<GatewayEvent>('GatewayEvent', gatewayEventSchema),
});

/** The model by entity type. */
export const paymentsEntityModels = {
  payment: 'payments',
  refund: 'refunds',
} as const;
