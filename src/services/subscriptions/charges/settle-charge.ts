import type { EventType } from '../../../contracts/events';
import type { UpdateSubscriptionInput } from '../../../contracts/subscriptions/subscription-activities';
import { settledPaymentStates, type PaymentState } from '../../../domain/payments/payment';
import { amountDue } from '../../../domain/subscriptions/invoice';
import { isSameItem } from '../../../domain/subscriptions/plan';
import { reanchorSchedule } from '../../../domain/subscriptions/plan-change';
import { hasEnded } from '../../../domain/subscriptions/subscription';
import type { Database } from '../../../models/database';
import type { Subscription } from '../../../models/subscriptions/subscription';
import { mailOf, planDataOf, type SubscriptionChange } from '../change-subscription';
import { attemptOf, chargeDataOf, recordAttempt, capturedBy, type ReportedCharge } from './charge-attempt';
import { chargeFailed } from './charge-failed';
import { chargeOfCancelled } from './charge-of-cancelled';
import { chargeOfExpiring } from '../expire-subscription';
import { findChargedInvoice } from '../find-invoice';
import { firstChargeUnpaid } from './first-charge-unpaid';
import { settleChange } from './settle-change';

const WAITS_FOR_PERSON: readonly PaymentState[] = ['requires_action', 'review'];

export interface SettleChargeInput {
  database: Database;
  subscription: Subscription;
  input: UpdateSubscriptionInput;
}

/** Returns the change that the report of a payment makes to its subscription and invoice. */
export async function settleCharge({ database, subscription, input }: SettleChargeInput): Promise<SubscriptionChange> {
  const { payment, invoiceId, tenantId } = input;
  const invoice = invoiceId
    ? await database.models.invoices.findOne({ _id: invoiceId, tenantId }).lean()
    : await findChargedInvoice({ database, subscription });
  if (!invoice) return { event: { type: 'subscription.payment_closed' } };
  const paidMinor = await capturedBy({ database, invoice, input });
  const charge: ReportedCharge = { database, subscription, invoice, input, paidMinor };
  if (invoiceId) return settleChange(charge);
  if (hasEnded(subscription.state)) return chargeOfCancelled(charge);
  if (subscription.state === 'incomplete' && subscription.firstCharge?.isWithdrawn) return chargeOfExpiring(charge);
  if (payment === null || paidMinor >= amountDue(invoice).amountMinor) return chargePaid(charge);
  if (settledPaymentStates.includes(payment.state)) return chargeFailed(charge);
  return chargePending(charge);
}

function chargePaid(charge: ReportedCharge): SubscriptionChange {
  const { subscription, invoice, input, paidMinor } = charge;
  const { state, nextPeriodAt } = subscription;
  const { at } = input;
  const next = subscription.charge?.next ?? null;
  // While the subscription was unpaid the service had stopped: nothing is owed for that time, so the next period begins
  // now.
  const lapsed = state === 'unpaid' && nextPeriodAt.getTime() <= Date.parse(at);
  const newSchedule = lapsed ? reanchorSchedule(next?.schedule ?? subscription.schedule, at) : null;
  return {
    to: 'active',
    set: {
      charge: null,
      // With a resumption, the change that waited has taken effect.
      ...(state === 'paused' ? { waiting: null } : {}),
      paidUntil: new Date(invoice.period.endAt),
      ...(next ? { ...next, nextPeriodAt: new Date(next.period.endAt) } : {}),
      ...(newSchedule ? { schedule: newSchedule, nextPeriodAt: new Date(newSchedule.startAt) } : {}),
    },
    event: { type: eventOfPaid(charge), data: { ...chargeDataOf(charge), ...newPlanOf(charge) } },
    alongside: recordAttempt(
      charge,
      { state: 'paid', reason: null, paidMinor },
      { state: 'paid', paidAt: new Date(at) },
    ),
  };
}

/** Returns the plan that takes effect with the payment; empty where the plan stays. */
function newPlanOf({ subscription: { charge, item } }: ReportedCharge): Record<string, unknown> {
  const next = charge?.next?.item;
  return next && !isSameItem(next, item) ? planDataOf(next) : {};
}

function eventOfPaid({ subscription: { state, paidUntil } }: ReportedCharge): EventType {
  if (state === 'past_due' || state === 'unpaid') return 'subscription.recovered';
  if (state === 'paused') return 'subscription.resumed';
  if (paidUntil === null) return 'subscription.activated';
  return 'subscription.renewed';
}

/**
 * The payment has no final result yet. A payment that waits for a person is given up at its deadline, and queried then
 * at the latest.
 */
async function chargePending({ database, subscription, invoice, input }: ReportedCharge): Promise<SubscriptionChange> {
  const { charge } = subscription;
  const { payment, tenantId } = input;
  const paymentId = attemptOf(invoice, input)?.paymentId;
  const found = await database.models.payments
    .findOne({ _id: paymentId, tenantId, state: { $in: [...WAITS_FOR_PERSON] } }, { until: 1, purpose: 1, state: 1 })
    .lean();
  const until = found?.until ?? null;
  const firstCharge = firstChargeUnpaid({ subscription, invoice });
  const mustBeAsked = found?.state === 'requires_action' && found.purpose === 'renewal';
  return {
    ...(firstCharge ? { to: 'incomplete' } : {}),
    set: {
      ...(charge ? { charge: { ...charge, until } } : {}),
      ...(firstCharge ? { firstCharge } : {}),
    },
    event: {
      type: 'subscription.payment_pending',
      data: { paymentState: payment?.state ?? null, until: until?.toISOString() ?? null },
    },
    mails: mustBeAsked ? [confirmationMail({ subscription, invoice, paymentId: found._id, until })] : [],
  };
}

interface ConfirmationMailInput extends Pick<ReportedCharge, 'subscription' | 'invoice'> {
  paymentId: string;
  until: Date | null;
}

/** Returns the mail that asks an absent customer to confirm a payment. The page's address is read when it is sent. */
function confirmationMail({ subscription, invoice, paymentId, until }: ConfirmationMailInput) {
  const { amountMinor } = amountDue(invoice);
  const mail = mailOf(subscription, 'paymentConfirmation', { amountMinor, until: until?.toISOString() ?? null });
  return { ...mail, data: { ...mail.data, paymentId } };
}
