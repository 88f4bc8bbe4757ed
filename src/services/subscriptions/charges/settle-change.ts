import { settledPaymentStates } from '../../../domain/payments/payment';
import { refundsOfAllLeft } from '../../../domain/payments/refund';
import { amountDue } from '../../../domain/subscriptions/invoice';
import type { PendingChange } from '../../../models/subscriptions/subscription';
import { mailOf, planDataOf, type SubscriptionChange } from '../change-subscription';
import {
  attemptOf,
  attemptsWith,
  chargeDataOf,
  hasOtherMethod,
  isPaid,
  recordAttempt,
  type ReportedCharge,
} from './charge-attempt';
import { sumOfRefunds } from '../../../domain/subscriptions/end-refund';
import { endPendingChange } from '../end-pending-change';
import { acceptRefunds } from '../subscription-refunds';

/** Returns the change that the report of a change's payment makes to the subscription and to the change's invoice. */
export async function settleChange(charge: ReportedCharge): Promise<SubscriptionChange> {
  const { subscription, invoice, input, paidMinor } = charge;
  const { payment } = input;
  const { pendingChange } = subscription;
  if (pendingChange?.invoiceId !== invoice._id) return settleWithdrawn(charge);
  if (paidMinor >= amountDue(invoice).amountMinor) return changePaid(charge, pendingChange);
  if (payment && settledPaymentStates.includes(payment.state)) return changeUnpaid(charge, pendingChange);
  return changePaymentPending(charge, pendingChange);
}

/** The change takes effect. Its terms were fixed when it was ordered. */
function changePaid(charge: ReportedCharge, pendingChange: PendingChange): SubscriptionChange {
  const { input, paidMinor } = charge;
  const { item, schedule, period } = pendingChange;
  const end = new Date(period.endAt);
  return {
    set: { item, schedule, period, nextPeriodAt: end, paidUntil: end, pendingChange: null },
    event: { type: 'subscription.plan_changed', data: { ...planDataOf(item), ...chargeDataOf(charge) } },
    alongside: recordAttempt(
      charge,
      { state: 'paid', reason: null, paidMinor },
      { state: 'paid', paidAt: new Date(input.at) },
    ),
  };
}

/** The payment captured nothing, or not everything: another payment method is charged, or the change falls. */
async function changeUnpaid(charge: ReportedCharge, pendingChange: PendingChange): Promise<SubscriptionChange> {
  const { database, subscription, invoice, input, paidMinor } = charge;
  const { at, payment, attempt } = input;
  const isPart = paidMinor > 0;
  const reason = isPart ? 'paid_in_part' : (payment?.reason ?? payment?.state ?? 'failed');
  const how = isPart ? ({ state: 'paid', reason, paidMinor } as const) : ({ state: 'failed', reason } as const);
  const data = { ...planDataOf(pendingChange.item), ...chargeDataOf(charge), reason };

  if (!pendingChange.isWithdrawn && (await hasOtherMethod(charge)))
    return {
      set: { pendingChange: { ...pendingChange, attempt, status: 'due', paymentUntil: null, actionUrl: null } },
      event: {
        type: payment?.state === 'cancelled' ? 'subscription.payment_withdrawn' : 'subscription.payment_failed',
        data: { ...data, nextAt: null },
      },
      alongside: recordAttempt(charge, how),
    };

  const attempts = attemptsWith(charge, how);
  const { set, refunds, alongside } = await endPendingChange({ database, subscription, attempts, at });
  const amountMinor = amountDue(invoice).amountMinor;
  return {
    set,
    event: { type: 'subscription.change_failed', data: { ...data, refundMinor: sumOfRefunds(refunds) } },
    // A partner who withdrew the change needs no mail to the customer about a failure.
    mails: pendingChange.isWithdrawn
      ? []
      : [mailOf({ ...subscription, item: pendingChange.item }, 'planChangeFailed', { amountMinor })],
    alongside: async (session) => {
      await alongside(session);
      await acceptRefunds({ database, session, subscription, refunds, at });
    },
  };
}

/** The payment has no final result yet; it may wait for the customer. */
async function changePaymentPending(
  { database, invoice, input }: ReportedCharge,
  pendingChange: PendingChange,
): Promise<SubscriptionChange> {
  const { payment, tenantId } = input;
  const found = await database.models.payments
    .findOne({ _id: attemptOf(invoice, input)?.paymentId, tenantId }, { until: 1, actionUrl: 1 })
    .lean();
  const waitsForCustomer = payment?.state === 'requires_action';
  const until = waitsForCustomer || payment?.state === 'review' ? (found?.until ?? null) : null;
  return {
    set: {
      pendingChange: {
        ...pendingChange,
        paymentUntil: until,
        actionUrl: waitsForCustomer ? (found?.actionUrl ?? null) : null,
      },
    },
    event: {
      type: 'subscription.payment_pending',
      data: { paymentState: payment?.state ?? null, until: until?.toISOString() ?? null },
    },
  };
}

/** The change was given up before: what turns out captured is refunded, never applied. */
async function settleWithdrawn(charge: ReportedCharge): Promise<SubscriptionChange> {
  const { database, subscription, invoice, input, paidMinor } = charge;
  const { at, payment, tenantId } = input;
  if (payment && !settledPaymentStates.includes(payment.state))
    return { event: { type: 'subscription.payment_pending', data: { paymentState: payment.state } } };
  const set = { withdrawnCharges: subscription.withdrawnCharges.filter(({ invoiceId }) => invoiceId !== invoice._id) };
  if (!payment || !isPaid(payment.state))
    return {
      set,
      event: { type: 'subscription.change_payment_closed', data: chargeDataOf(charge) },
      alongside: recordAttempt(charge, { state: 'failed', reason: payment?.reason ?? null }),
    };
  const made = await database.models.payments
    .findOne({ _id: attemptOf(invoice, input)?.paymentId, tenantId })
    .lean()
    .orFail();
  const refunds = refundsOfAllLeft([made]);
  const record = recordAttempt(charge, { state: 'paid', reason: null, paidMinor });
  return {
    set,
    event: {
      type: 'subscription.change_paid_late',
      data: { ...chargeDataOf(charge), refundMinor: sumOfRefunds(refunds) },
    },
    alongside: async (session) => {
      await record(session);
      await acceptRefunds({ database, session, subscription, refunds, at });
    },
  };
}
