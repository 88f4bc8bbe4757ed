import { PROCESS_PAYMENT, processPaymentId, REFUND_PAYMENT, refundPaymentId } from '../../contracts/payments/payment';
import { taskQueues } from '../../contracts/task-queues';
import { settledPaymentStates } from '../../domain/payments/payment';
import type { ReconciledEntity } from './reconciled-entity';

const prefixes = { payment: processPaymentId(''), refund: refundPaymentId('') };

export const reconciledPayment: ReconciledEntity = {
  entityType: 'payment',
  workflowType: PROCESS_PAYMENT,
  workflowIdOf: processPaymentId,
  entityIdOf: (workflowId) =>
    workflowId.startsWith(prefixes.payment) ? workflowId.slice(prefixes.payment.length) : null,
  endedStates: settledPaymentStates,
  // The process of a subscription's payment comes and goes; whether one has to run is known to its parent alone.
  expectsProcess: { startedBy: 'outbox' },
  firstState: 'accepted',
  startOf: ({ _id: paymentId, tenantId, correlationId }) => ({
    workflowType: PROCESS_PAYMENT,
    workflowId: processPaymentId(paymentId),
    taskQueue: taskQueues.payments,
    input: { tenantId, paymentId, correlationId },
  }),
};

export const reconciledRefund: ReconciledEntity = {
  entityType: 'refund',
  workflowType: REFUND_PAYMENT,
  workflowIdOf: refundPaymentId,
  entityIdOf: (workflowId) =>
    workflowId.startsWith(prefixes.refund) ? workflowId.slice(prefixes.refund.length) : null,
  endedStates: ['succeeded', 'failed'],
  expectsProcess: {},
  firstState: 'pending',
  startOf: ({ _id: refundId, tenantId, correlationId }) => ({
    workflowType: REFUND_PAYMENT,
    workflowId: refundPaymentId(refundId),
    taskQueue: taskQueues.payments,
    input: { tenantId, refundId, correlationId },
  }),
};
