import type { ClientSession } from 'mongoose';
import type { Database } from '../../models/database';
import type { Subscription } from '../../models/subscriptions/subscription';

type ChargedSubscription = Pick<Subscription, 'tenantId' | 'charge'>;

export interface FindPendingPaymentInput {
  database: Pick<Database, 'models'>;
  session?: ClientSession;
  subscription: ChargedSubscription;
}

/** Returns the id of the payment that a subscription's pending charge has made; null where there is none. */
export async function findPendingPaymentId({
  database: { models },
  session,
  subscription: { tenantId, charge },
}: FindPendingPaymentInput): Promise<string | null> {
  if (charge?.status !== 'pending' || !charge.invoiceId) return null;
  const invoice = await models.invoices
    .findOne({ _id: charge.invoiceId, tenantId }, { attempts: 1 })
    .session(session ?? null)
    .lean();
  return invoice?.attempts.find(({ attempt }) => attempt === charge.attempt)?.paymentId ?? null;
}

export interface WithdrawPendingPaymentInput extends FindPendingPaymentInput {
  session: ClientSession;
  reason: 'subscription_cancelled' | 'replaced' | 'not_paid_in_time';
  /** The subscription's payment method: a payment by it is wanted. Left out where no payment is wanted. */
  paymentMethod?: string;
}

/**
 * Records on the payment under way, if there is one, the reason why the subscription no longer wants it, or that it is
 * wanted. The process that charges cancels the payment's process, which records this reason.
 */
export async function withdrawPendingPayment({
  reason,
  paymentMethod = '',
  ...input
}: WithdrawPendingPaymentInput): Promise<void> {
  const { database, session, subscription } = input;
  const paymentId = await findPendingPaymentId(input);
  if (paymentId === null) return;
  const isWanted = { $eq: ['$paymentMethod', { $literal: paymentMethod }] };
  await database.models.payments.updateOne(
    { _id: paymentId, tenantId: subscription.tenantId },
    [{ $set: { withdrawReason: { $cond: [isWanted, null, reason] } } }],
    { session, updatePipeline: true },
  );
}
