import type { Connection } from 'mongoose';
import { invoiceSchema, type Invoice } from './invoice';
import { planSchema, type Plan } from './plan';
import { subscriptionSchema, type Subscription } from './subscription';

/** Defines the models of plans, subscriptions and their invoices. */
export const subscriptionsModels = (connection: Connection) => ({
  plans: connection.model<Plan>('Plan', planSchema),
  subscriptions: connection.model<Subscription>('Subscription', subscriptionSchema),
  invoices: connection.model<Invoice>('Invoice', invoiceSchema),
});

/** The model by entity type. */
export const subscriptionsEntityModels = {
  subscription: 'subscriptions',
} as const;
