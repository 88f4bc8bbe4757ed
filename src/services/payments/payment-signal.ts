import type { WorkflowSignal } from '../../contracts/outbox';
import { gatewayReported, processPaymentId } from '../../contracts/payments/payment';
import type { Payment } from '../../models/payments/payment';

/** True when a parent's payment has no running process: the parent starts the next one. */
export const waitsForItsParent = ({ parent, chain }: Pick<Payment, 'parent' | 'chain'>): boolean =>
  chain === null && parent !== null;

/** Returns the signal that wakes a payment's process, or between two runs its parent. */
export function paymentSignal(payment: Pick<Payment, '_id' | 'parent' | 'chain'>): WorkflowSignal {
  const { _id: paymentId, parent, chain } = payment;
  if (parent !== null && chain === null) return { workflowId: parent.workflowId, name: parent.signal };
  return { workflowId: processPaymentId(paymentId), name: gatewayReported.name };
}
