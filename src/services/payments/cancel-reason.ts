import { CANCELLED_IN_TEMPORAL } from '../../contracts/commands';
import type { Database } from '../../models/database';
import type { Payment } from '../../models/payments/payment';

export interface ReasonOfCancelInput {
  database: Database;
  payment: Payment;
  /** The reason that the process gives: a code. */
  reason: string | null;
}

/**
 * Returns why a payment is given up. A process that Temporal cancels does not know: for a subscription's payment its
 * subscription does, because the subscription is over or has another card.
 */
export async function reasonOfCancel({ database, payment, reason }: ReasonOfCancelInput): Promise<string | null> {
  const { _id: paymentId, tenantId, startedBy, undoing, paymentMethod } = payment;
  const { invoices, subscriptions } = database.models;
  if (reason !== CANCELLED_IN_TEMPORAL || startedBy !== 'parent') return reason;
  if (undoing) return undoing.reason;
  const invoice = await invoices.findOne({ tenantId, 'attempts.paymentId': paymentId }, { subscriptionId: 1 }).lean();
  const subscription =
    invoice &&
    (await subscriptions.findOne({ _id: invoice.subscriptionId, tenantId }, { state: 1, paymentMethod: 1 }).lean());
  if (subscription?.state === 'cancelled') return 'subscription_cancelled';
  return subscription && subscription.paymentMethod !== paymentMethod ? 'replaced' : reason;
}
