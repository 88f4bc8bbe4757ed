import { SUBSCRIPTION, subscriptionId as workflowIdOf } from '../../contracts/subscriptions/subscription';
import { taskQueues } from '../../contracts/task-queues';
import { endedSubscriptionStates } from '../../domain/subscriptions/subscription';
import type { ReconciledEntity } from './reconciled-entity';

const prefix = workflowIdOf('');

export const reconciledSubscription: ReconciledEntity = {
  entityType: 'subscription',
  workflowType: SUBSCRIPTION,
  workflowIdOf,
  entityIdOf: (workflowId) => (workflowId.startsWith(prefix) ? workflowId.slice(prefix.length) : null),
  endedStates: endedSubscriptionStates,
  // A cancelled one goes on until the payment that was under way is withdrawn, or given back.
  unfinished: { 'charge.status': 'pending' },
  expectsProcess: {},
  firstState: 'accepted',
  startOf: ({ _id: subscriptionId, tenantId, correlationId }) => ({
    workflowType: SUBSCRIPTION,
    workflowId: workflowIdOf(subscriptionId),
    taskQueue: taskQueues.subscriptions,
    input: { tenantId, subscriptionId, correlationId },
  }),
};
