import { invoiceHandlers } from './invoices';
import { planHandlers, type PlanHandlersInput } from './plans';
import { subscriptionCommandHandlers, type SubscriptionCommandHandlersInput } from './subscription-commands';
import { subscriptionHandlers, type SubscriptionHandlersInput } from './subscriptions';

interface SubscriptionsHandlersInput
  extends PlanHandlersInput, SubscriptionCommandHandlersInput, SubscriptionHandlersInput {}

/** Returns the handlers of plans, subscriptions and invoices. */
export const subscriptionsHandlers = (input: SubscriptionsHandlersInput) => ({
  ...planHandlers(input),
  ...subscriptionHandlers(input),
  ...subscriptionCommandHandlers(input),
  ...invoiceHandlers(input),
});
