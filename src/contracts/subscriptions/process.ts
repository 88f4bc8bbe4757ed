import { endedSubscriptionStates, subscriptionStates } from '../../domain/subscriptions/subscription';
import { defineProcess, type ProcessEntity } from '../process';
import { taskQueues } from '../task-queues';
import * as contract from './subscription';

export const subscriptionProcess = defineProcess({
  about: 'Runs a subscription for years: trial, periods, dunning, changes. Loses nothing when it continues as new.',
  contract,
  entityType: 'subscription',
  workflowType: contract.SUBSCRIPTION,
  taskQueue: taskQueues.subscriptions,
  workflowId: ({ _id }) => contract.subscriptionId(_id),
  input: ({ _id: subscriptionId, tenantId, correlationId }: ProcessEntity): contract.SubscriptionInput => ({
    tenantId,
    subscriptionId,
    correlationId,
  }),
  states: subscriptionStates,
  endedStates: endedSubscriptionStates,
  firstState: 'accepted',
  // The workflow of a cancelled subscription runs until its pending payments are withdrawn or refunded.
  unfinished: { $or: [{ 'charge.status': 'pending' }, { 'withdrawnCharges.invoiceId': { $gt: '' } }] },
});
