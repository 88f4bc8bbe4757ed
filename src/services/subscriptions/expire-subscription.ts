import { settledPaymentStates } from '../../domain/payments/payment';
import { refundsOfAllLeft } from '../../domain/payments/refund';
import { sumOfRefunds } from '../../domain/subscriptions/end-refund';
import type { Database } from '../../models/database';
import type { Subscription } from '../../models/subscriptions/subscription';
import { mailOf, type SubscriptionChange } from './change-subscription';
import { attemptOf, isPaid, recordAttempt, type ReportedCharge } from './charges/charge-attempt';
import { endSubscription } from './end-subscription';
import { withdrawPendingPayments } from './charges/pending-payment';
import { acceptRefunds, type AcceptRefundsInput } from './subscription-refunds';

const NOT_PAID = 'not_paid_in_time';

export interface ExpireSubscriptionInput {
  database: Database;
  /** In the state `incomplete`. */
  subscription: Subscription;
  at: string;
}

/**
 * Returns the change at the end of the time in which a first charge can be paid: the subscription expires. While a
 * payment is under way the subscription stays incomplete; the process that charges withdraws the payment.
 */
export async function expireSubscription(input: ExpireSubscriptionInput): Promise<SubscriptionChange> {
  const { database, subscription } = input;
  const { charge, firstCharge } = subscription;
  if (charge?.status !== 'pending' || !firstCharge) return expired(input);
  return {
    set: { firstCharge: { ...firstCharge, isWithdrawn: true } },
    event: { type: 'subscription.expiring' },
    alongside: (session) => withdrawPendingPayments({ database, session, subscription, reason: NOT_PAID }),
  };
}

/**
 * Returns the change that a report makes to an incomplete subscription whose payment was withdrawn: it expires once the
 * outcome is known, and a payment that was captured after all is refunded.
 */
export async function chargeOfExpiring(charge: ReportedCharge): Promise<SubscriptionChange> {
  const { database, subscription, invoice, input, paidMinor } = charge;
  const { payment, at } = input;
  if (payment && !settledPaymentStates.includes(payment.state))
    return { event: { type: 'subscription.payment_pending', data: { paymentState: payment.state } } };
  const wasPaid = payment !== null && isPaid(payment.state);
  const captured = wasPaid
    ? await database.models.payments
        .findOne({ _id: attemptOf(invoice, input)?.paymentId, tenantId: input.tenantId })
        .lean()
        .orFail()
    : null;
  const refunds = refundsOfAllLeft(captured ? [captured] : []);
  const record = recordAttempt(
    charge,
    wasPaid ? { state: 'paid', reason: null, paidMinor } : { state: 'failed', reason: payment?.reason ?? null },
  );
  const change = await expired({ database, subscription, at, refunds });
  return {
    ...change,
    alongside: async (session, movedAt) => {
      await record(session);
      await change.alongside?.(session, movedAt);
    },
  };
}

/** Returns the change that ends the subscription. Its invoice is void, and everything captured for it is refunded. */
async function expired({
  database,
  subscription,
  at,
  refunds = [],
}: ExpireSubscriptionInput & { refunds?: AcceptRefundsInput['refunds'] }): Promise<SubscriptionChange> {
  const { charge } = subscription;
  const ended = await endSubscription({
    database,
    // The payment under way has ended.
    subscription: { ...subscription, charge: charge && { ...charge, status: 'failed' } },
    invoiceBecomes: 'void',
    reason: NOT_PAID,
    at,
  });
  const refundMinor = sumOfRefunds(refunds) + Number(ended.event.data?.refundMinor ?? 0);
  return {
    ...ended,
    to: 'incomplete_expired',
    event: { type: 'subscription.incomplete_expired', data: { ...ended.event.data, refundMinor } },
    mails: [mailOf(subscription, 'subscriptionExpired', { amountMinor: refundMinor })],
    alongside: async (session, movedAt) => {
      await ended.alongside?.(session, movedAt);
      await acceptRefunds({ database, session, subscription, refunds, at });
    },
  };
}
