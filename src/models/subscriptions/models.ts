import type { Connection } from 'mongoose';
import { customerMrrSchema, type CustomerMrr } from './customer-mrr';
import { invoiceSchema, type Invoice } from './invoice';
import { mrrMovementSchema, type MrrMovement } from './mrr-movement';
import { planSchema, type Plan } from './plan';
import { subscriptionMilestoneSchema, type SubscriptionMilestone } from './subscription-milestone';
import { subscriptionSchema, type Subscription } from './subscription';

/** Defines the models of plans, subscriptions, their invoices, and the facts that reports read. */
export const subscriptionsModels = (connection: Connection) => ({
  plans: connection.model<Plan>('Plan', planSchema),
  subscriptions: connection.model<Subscription>('Subscription', subscriptionSchema),
  invoices: connection.model<Invoice>('Invoice', invoiceSchema),
  mrrMovements: connection.model<MrrMovement>('MrrMovement', mrrMovementSchema),
  customerMrr: connection.model<CustomerMrr>('CustomerMrr', customerMrrSchema),
  subscriptionMilestones: connection.model<SubscriptionMilestone>('SubscriptionMilestone', subscriptionMilestoneSchema),
});

/** The model by entity type. */
export const subscriptionsEntityModels = {
  subscription: 'subscriptions',
} as const;
