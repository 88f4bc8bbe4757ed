import { processPaymentId, refundPaymentId } from '../contracts/payments/payment';
import { userOnboardingId } from '../contracts/users/onboarding';
import { subscriptionId } from '../contracts/subscriptions/subscription';
import { openOnboardingStates } from '../domain/users/onboarding';
import { paymentStates, settledPaymentStates } from '../domain/payments/payment';
import { endedSubscriptionStates, subscriptionStates } from '../domain/subscriptions/subscription';
import type { EntityType } from '../contracts/entity-types';

export interface EntityWorkflow {
  /** The states in which the entity's workflow may be running. */
  openStates: readonly string[];
  /** In whichever other state it may be running, as a filter. */
  unfinished?: Record<string, unknown>;
  workflowId: (entityId: string) => string;
}

/**
 * The workflow that lives as long as its entity is open, for every kind of entity that has one: those whose clocks move
 * with their tenant's. Children that act and end are not among them; an advance is never skipped itself.
 */
export const entityWorkflows: Record<EntityType, EntityWorkflow | null> = {
  onboarding: { openStates: openOnboardingStates, workflowId: userOnboardingId },
  payment: {
    openStates: paymentStates.filter((state) => !settledPaymentStates.includes(state)),
    workflowId: processPaymentId,
  },
  refund: { openStates: ['pending'], workflowId: refundPaymentId },
  // A cancelled one goes on until the payment that was under way is withdrawn, or given back.
  subscription: {
    openStates: subscriptionStates.filter((state) => !endedSubscriptionStates.includes(state)),
    unfinished: { 'charge.status': 'pending' },
    workflowId: subscriptionId,
  },
  user: null,
  entitlement: null,
  operation: null,
};
