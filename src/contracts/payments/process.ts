import { paymentStates, settledPaymentStates } from '../../domain/payments/payment';
import { refundStates } from '../../domain/payments/refund';
import { defineProcess, type ProcessEntity } from '../process';
import { taskQueues } from '../task-queues';
import {
  PROCESS_PAYMENT,
  processPaymentId,
  REFUND_PAYMENT,
  refundPaymentId,
  type ProcessPaymentInput,
  type RefundPaymentInput,
} from './payment';

export const paymentProcess = defineProcess({
  entityType: 'payment',
  workflowType: PROCESS_PAYMENT,
  taskQueue: taskQueues.payments,
  workflowId: ({ _id }) => processPaymentId(_id),
  input: ({ _id: paymentId, tenantId, correlationId }: ProcessEntity): ProcessPaymentInput => ({
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
  entityType: 'refund',
  workflowType: REFUND_PAYMENT,
  taskQueue: taskQueues.payments,
  workflowId: ({ _id }) => refundPaymentId(_id),
  input: ({ _id: refundId, tenantId, correlationId }: ProcessEntity): RefundPaymentInput => ({
    tenantId,
    refundId,
    correlationId,
  }),
  states: refundStates,
  endedStates: ['succeeded', 'failed'],
  firstState: 'pending',
});
