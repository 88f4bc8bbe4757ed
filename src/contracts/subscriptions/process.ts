import { endedSubscriptionStates, subscriptionStates } from '../../domain/subscriptions/subscription';
import { defineProcess, type ProcessEntity } from '../process';
import { taskQueues } from '../task-queues';
import { SUBSCRIPTION, subscriptionId as workflowIdOf, type SubscriptionInput } from './subscription';

export const subscriptionProcess = defineProcess({
  entityType: 'subscription',
  workflowType: SUBSCRIPTION,
  taskQueue: taskQueues.subscriptions,
  workflowId: ({ _id }) => workflowIdOf(_id),
  input: ({ _id: subscriptionId, tenantId, correlationId }: ProcessEntity): SubscriptionInput => ({
    tenantId,
    subscriptionId,
    correlationId,
  }),
  states: subscriptionStates,
  endedStates: endedSubscriptionStates,
  firstState: 'accepted',
  // A cancelled subscription goes on until its pending payment is withdrawn or refunded.
  unfinished: { 'charge.status': 'pending' },
});
