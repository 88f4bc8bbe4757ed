import { paymentStates, settledPaymentStates } from '../../domain/payments/payment';
import { refundStates } from '../../domain/payments/refund';
import { defineProcess, type ProcessEntity } from '../process';
import { taskQueues } from '../task-queues';
import * as contract from './payment';

export const paymentProcess = defineProcess({
  about:
    "Takes a payment through checks, authorisation and capture, and settles what is unknown by the gateway's books.",
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
  // The process of a payment that a parent starts comes and goes; only the parent knows when one has to run.
  expectsProcess: { parent: null },
});

export const refundProcess = defineProcess({
  about:
    'Takes money back that a refund has reserved. Activities and messages as of `processPayment`, without its updates.',
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
