import { paymentStates, settledPaymentStates } from '../../domain/payments/payment';
import { refundStates } from '../../domain/payments/refund';
import { defineProcess, type ProcessEntity } from '../process';
import { taskQueues } from '../task-queues';
import * as contract from './payment';

export const paymentProcess = defineProcess({
  about:
    "Takes a payment through checks, authorisation and capture. The gateway's books settle an unknown outcome.\n\n" +
    'An automatic payment takes four steps: `validatePayment`, `checkPayment` (fraud rules and card), ' +
    '`processPaymentGateway` for the authorisation, and again for the capture, which also settles the payment and ' +
    'notifies its partner. While the gateway is away `checkFraud` and `validateCard` take the place of ' +
    '`checkPayment`. `updatePaymentStatus` records what a command, a look-up, a decline or an undoing leads to, and ' +
    'notifies of the end; `sendWebhookNotification` notifies of a state in which the payment waits.',
  contract,
  entityType: 'payment',
  workflowType: contract.PROCESS_PAYMENT,
  taskQueue: taskQueues.payments,
  workflowId: ({ _id }) => contract.processPaymentId(_id),
  input: ({ _id: paymentId, tenantId, correlationId }: ProcessEntity): contract.ProcessPaymentInput => ({
    tenantId,
    paymentId,
    correlationId,
  }),
  states: paymentStates,
  endedStates: settledPaymentStates,
  firstState: 'accepted',
  // A parent starts and ends the process of its payment repeatedly; only the parent knows when one must run.
  expectsProcess: { parent: null },
});

export const refundProcess = defineProcess({
  about: 'Refunds a reserved amount. Has the activities, signals and queries of `processPayment`, but no updates.',
  contract: { getState: contract.getState, gatewayReported: contract.gatewayReported },
  entityType: 'refund',
  workflowType: contract.REFUND_PAYMENT,
  taskQueue: taskQueues.payments,
  workflowId: ({ _id }) => contract.refundPaymentId(_id),
  input: ({ _id: refundId, tenantId, correlationId }: ProcessEntity): contract.RefundPaymentInput => ({
    tenantId,
    refundId,
    correlationId,
  }),
  states: refundStates,
  endedStates: ['succeeded', 'failed'],
  firstState: 'pending',
});
