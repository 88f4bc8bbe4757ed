import { gatewayReported, processPaymentId } from '../../contracts/payments/payment';
import type { WorkflowSignal } from '../../contracts/outbox';
import { paymentReported, subscriptionId as subscriptionWorkflowId } from '../../contracts/subscriptions/subscription';
import type { Database } from '../../models/database';
import type { Payment } from '../../models/payments/payment';

/** A child's payment between two runs of its process, which its parent starts when it asks again. */
export const waitsForItsParent = ({ startedBy, chain }: Pick<Payment, 'startedBy' | 'chain'>): boolean =>
  chain === null && startedBy === 'parent';

/**
 * Who is told that there is news of a payment: its process, or for a released one the subscription that asks for it.
 */
export async function signalAbout(
  { models }: Database,
  payment: Pick<Payment, '_id' | 'tenantId' | 'startedBy' | 'chain'>,
): Promise<WorkflowSignal> {
  const { _id: paymentId, tenantId } = payment;
  const invoice = waitsForItsParent(payment)
    ? await models.invoices.findOne({ tenantId, 'attempts.paymentId': paymentId }, { subscriptionId: 1 }).lean()
    : null;
  if (invoice) return { workflowId: subscriptionWorkflowId(invoice.subscriptionId), name: paymentReported.name };
  return { workflowId: processPaymentId(paymentId), name: gatewayReported.name };
}
