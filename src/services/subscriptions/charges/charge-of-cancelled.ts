import { settledPaymentStates } from '../../../domain/payments/payment';
import { refundsOfAllLeft } from '../../../domain/payments/refund';
import { amountDue } from '../../../domain/subscriptions/invoice';
import type { SubscriptionChange } from '../change-subscription';
import { attemptOf, chargeDataOf, isPaid, recordAttempt, type ReportedCharge } from './charge-attempt';
import { acceptRefunds } from '../subscription-refunds';

/**
 * Returns the change that a report makes to a subscription cancelled before it: a voided invoice keeps no money. Money
 * that the partner has refunded manually is not refunded again.
 */
export async function chargeOfCancelled(charge: ReportedCharge): Promise<SubscriptionChange> {
  const { subscription, input } = charge;
  const { payment } = input;
  if (payment && !settledPaymentStates.includes(payment.state))
    return { event: { type: 'subscription.payment_pending', data: { paymentState: payment.state } } };
  const isLast = subscription.charge?.attempt === input.attempt;
  const set = { charge: isLast ? null : subscription.charge };
  if (payment && isPaid(payment.state)) return paidLate(charge, set);
  return {
    set,
    event: { type: 'subscription.payment_closed', data: chargeDataOf(charge) },
    alongside: recordAttempt(charge, { state: 'failed', reason: payment?.reason ?? null }),
  };
}

async function paidLate(charge: ReportedCharge, set: SubscriptionChange['set']): Promise<SubscriptionChange> {
  const { database, subscription, invoice, input, paidMinor } = charge;
  const { tenantId } = subscription;
  const { at } = input;
  const attempt = attemptOf(invoice, input);
  const isVoid = invoice.state === 'void';
  const settles = !isVoid && paidMinor >= amountDue(invoice).amountMinor;
  const made =
    isVoid && attempt
      ? await database.models.payments.findOne({ _id: attempt.paymentId, tenantId }).lean().orFail()
      : null;
  const refunds = refundsOfAllLeft(made ? [made] : []);
  const refundMinor = refunds[0]?.amount.amountMinor ?? 0;
  const record = recordAttempt(
    charge,
    { state: 'paid', reason: null, paidMinor },
    settles ? { state: 'paid', paidAt: new Date(at) } : {},
  );
  return {
    set: { ...set, ...(settles ? { paidUntil: new Date(invoice.period.endAt) } : {}) },
    event: { type: 'subscription.paid_late', data: { ...chargeDataOf(charge), refundMinor } },
    alongside: async (session) => {
      await record(session);
      await acceptRefunds({ database, session, subscription, refunds, at });
    },
  };
}
