import type { ClientSession } from 'mongoose';
import type { ActivityDependencies } from '..';
import type { EventType } from '../../src/contracts/events';
import type { UpdateSubscriptionInput } from '../../src/contracts/subscriptions/subscription-activities';
import { defaultDunningLadder, nextDunningStep } from '../../src/domain/subscriptions/dunning';
import { amountDue } from '../../src/domain/subscriptions/invoice';
import { settledPaymentStates, type PaymentState } from '../../src/domain/payments/payment';
import { refundsOfAllLeft } from '../../src/domain/payments/refund';
import type { SubscriptionState } from '../../src/domain/subscriptions/subscription';
import { tenantOf } from '../../src/domain/tenant';
import { anchorAnew } from '../../src/domain/subscriptions/plan-change';
import type { Invoice, InvoiceAttempt } from '../../src/models/subscriptions/invoice';
import type { Charge, Subscription } from '../../src/models/subscriptions/subscription';
import { createSubscriptionRecords, mailOf, type SubscriptionChange } from './subscription-records';
import { createSubscriptionRefunds } from './subscription-refunds';

const PAID: readonly PaymentState[] = ['captured', 'partially_refunded', 'refunded'];
const WAITS_FOR_PERSON: readonly PaymentState[] = ['requires_action', 'review'];
const isPaid = (state: PaymentState): boolean => PAID.includes(state);

/** What the answer of a payment makes of its subscription and invoice. */
export const createChargeSettlement = (dependencies: ActivityDependencies) => {
  const { models } = dependencies.database;
  const acceptRefunds = createSubscriptionRefunds(dependencies);
  const records = createSubscriptionRecords(dependencies);

  const updateInvoice =
    (
      invoice: Invoice,
      { attempt, at }: UpdateSubscriptionInput,
      to: Partial<Invoice>,
      how: Pick<InvoiceAttempt, 'state' | 'reason' | 'paidMinor'>,
    ) =>
    async (session: ClientSession) => {
      const attempts = invoice.attempts.map((made) => (made.attempt === attempt ? { ...made, ...how } : made));
      await models.invoices.updateOne(
        { _id: invoice._id, tenantId: invoice.tenantId },
        { $set: { ...to, attempts, updatedAt: new Date(at) }, $inc: { version: 1 } },
        { session },
      );
    };

  /** What the attempt took: less than it asked for where somebody captured a part in the gateway's dashboard. */
  const takenBy = async (
    { attempts }: Invoice,
    { payment, attempt, tenantId }: UpdateSubscriptionInput,
  ): Promise<number> => {
    const made = attempts.find((each) => each.attempt === attempt);
    if (!made || !payment || !isPaid(payment.state)) return 0;
    return (await models.payments.findOne({ _id: made.paymentId, tenantId }, { capturedMinor: 1 }).lean().orFail())
      .capturedMinor;
  };

  const paid = (
    subscription: Subscription,
    invoice: Invoice,
    input: UpdateSubscriptionInput,
    paidMinor: number,
  ): SubscriptionChange => {
    const { state, schedule, nextPeriodAt } = subscription;
    const { at } = input;
    const data = dataOf(invoice, input);
    const settleInvoice = updateInvoice(
      invoice,
      input,
      { state: 'paid', paidAt: new Date(at) },
      { state: 'paid', reason: null, paidMinor },
    );
    // While it was unpaid the service had stopped: nothing is owed for that time, so what comes next begins now.
    const lapsed = state === 'unpaid' && nextPeriodAt.getTime() <= Date.parse(at);
    const anew = lapsed ? anchorAnew(schedule, at) : null;
    return {
      to: 'active',
      set: {
        charge: null,
        paidUntil: new Date(invoice.period.endAt),
        ...(anew ? { schedule: anew, nextPeriodAt: new Date(anew.startAt) } : {}),
      },
      event: { type: eventOfPaid(subscription, invoice), data },
      alongside: settleInvoice,
    };
  };

  /**
   * After the cancellation: an invoice that was taken back keeps no money. What the partner has given back by hand is
   * not given back again.
   */
  const closed = async (
    subscription: Subscription,
    invoice: Invoice,
    input: UpdateSubscriptionInput,
    paidMinor: number,
  ): Promise<SubscriptionChange> => {
    const { payment, at } = input;
    const { tenantId, charge } = subscription;
    const attempt = invoice.attempts.find((made) => made.attempt === input.attempt);
    if (payment && !settledPaymentStates.includes(payment.state))
      return { event: { type: 'subscription.payment_pending', data: { paymentState: payment.state } } };
    const set = { charge: charge?.attempt === input.attempt ? null : charge };
    if (!payment || !isPaid(payment.state)) {
      return {
        set,
        event: { type: 'subscription.payment_closed', data: dataOf(invoice, input) },
        alongside: updateInvoice(invoice, input, {}, { state: 'failed', reason: payment?.reason ?? null }),
      };
    }
    const isVoid = invoice.state === 'void';
    const settles = !isVoid && paidMinor >= amountDue(invoice).amountMinor;
    const made =
      isVoid && attempt ? await models.payments.findOne({ _id: attempt.paymentId, tenantId }).lean().orFail() : null;
    const refunds = refundsOfAllLeft(made ? [made] : []);
    const refundMinor = refunds[0]?.amount.amountMinor ?? 0;
    return {
      set: { ...set, ...(settles ? { paidUntil: new Date(invoice.period.endAt) } : {}) },
      event: { type: 'subscription.paid_late', data: { ...dataOf(invoice, input), refundMinor } },
      alongside: async (session) => {
        await updateInvoice(invoice, input, settles ? { state: 'paid', paidAt: new Date(at) } : {}, {
          state: 'paid',
          reason: null,
          paidMinor,
        })(session);
        await acceptRefunds({ session, subscription, refunds, at });
      },
    };
  };

  /**
   * No final answer yet. One that waits for a person is given up at its deadline, and asked about then at the latest.
   */
  const pending = async (
    { charge }: Subscription,
    { attempts }: Invoice,
    { payment, attempt, tenantId }: UpdateSubscriptionInput,
  ): Promise<SubscriptionChange> => {
    const paymentId = attempts.find((made) => made.attempt === attempt)?.paymentId;
    const found = await models.payments
      .findOne({ _id: paymentId, tenantId, state: { $in: [...WAITS_FOR_PERSON] } }, { until: 1 })
      .lean();
    const until = found?.until ?? null;
    return {
      set: charge ? { charge: { ...charge, until } } : {},
      event: {
        type: 'subscription.payment_pending',
        data: { paymentState: payment?.state ?? null, until: until?.toISOString() ?? null },
      },
    };
  };

  /** Nothing was taken, or not all: what is left of the invoice goes the way of dunning. */
  const failed = async (
    subscription: Subscription,
    invoice: Invoice,
    input: UpdateSubscriptionInput,
    paidMinor: number,
  ): Promise<SubscriptionChange> => {
    const { state, charge } = subscription;
    const { payment, at, attempt, tenantId } = input;
    const isPart = paidMinor > 0;
    const reason = isPart ? 'paid_in_part' : (payment?.reason ?? payment?.state ?? 'failed');
    const alongside = updateInvoice(
      invoice,
      input,
      {},
      isPart ? { state: 'paid', reason, paidMinor } : { state: 'failed', reason },
    );
    const amountMinor = amountDue(invoice).amountMinor - paidMinor;
    const data = { ...dataOf(invoice, input), reason, ...(isPart ? { paidMinor, dueMinor: amountMinor } : {}) };
    const failure: EventType = isPart ? 'subscription.paid_in_part' : 'subscription.payment_failed';
    const tried = await models.payments
      .findOne(
        { _id: invoice.attempts.find((made) => made.attempt === attempt)?.paymentId, tenantId },
        { paymentMethod: 1 },
      )
      .lean();
    const current = charge ?? newCharge(invoice, attempt);
    if (tried && tried.paymentMethod !== subscription.paymentMethod) {
      // Another payment method came meanwhile: it is charged at once, and no rung of the ladder is used up.
      return {
        set: { charge: { ...current, attempt, status: 'due' } },
        event: {
          type: payment?.state === 'cancelled' ? 'subscription.payment_withdrawn' : failure,
          data: { ...data, nextAt: null },
        },
        alongside,
      };
    }

    const { dunning } = await models.partners.findById(tenantOf(tenantId).partnerId, { dunning: 1 }).lean().orFail();
    if (state === 'unpaid') {
      const cancelAt = current.nextAt?.toISOString() ?? null;
      return {
        set: { charge: { ...current, attempt, status: 'failed' } },
        event: { type: failure, data: { ...data, cancelAt } },
        mails: [mailOf(subscription, 'renewalFailed', { amountMinor })],
        alongside,
      };
    }
    const failedAt = current.failedAt?.toISOString() ?? at;
    const wasPlanned =
      current.failedAt !== null && current.nextAt !== null && current.nextAt.getTime() <= Date.parse(at);
    const rung = current.rung + (wasPlanned ? 1 : 0);
    const next = nextDunningStep({
      ladder: dunning ?? defaultDunningLadder,
      failedAt,
      attempt: rung,
      lastFailedAt: at,
    });
    const nextAt = next.kind === 'retry' ? next.at : next.cancelAt;
    const to: SubscriptionState = next.kind === 'retry' ? 'past_due' : 'unpaid';
    return {
      to,
      set: {
        charge: { ...current, attempt, status: 'failed', rung, failedAt: new Date(failedAt), nextAt: new Date(nextAt) },
      },
      event: { type: to === 'unpaid' ? 'subscription.unpaid' : failure, data: { ...data, nextAt } },
      mails: [
        mailOf(subscription, to === 'unpaid' ? 'subscriptionUnpaid' : 'renewalFailed', { amountMinor, until: nextAt }),
      ],
      alongside,
    };
  };

  return {
    async settle(subscription: Subscription, input: UpdateSubscriptionInput): Promise<SubscriptionChange> {
      const { payment } = input;
      const invoiceId = subscription.charge?.invoiceId;
      const invoice = invoiceId ? await records.findInvoice(input, invoiceId) : null;
      if (!invoice) return { event: { type: 'subscription.payment_closed' } };
      const takenMinor = await takenBy(invoice, input);
      if (subscription.state === 'cancelled') return closed(subscription, invoice, input, takenMinor);
      if (payment === null || takenMinor >= amountDue(invoice).amountMinor)
        return paid(subscription, invoice, input, takenMinor);
      if (settledPaymentStates.includes(payment.state)) return failed(subscription, invoice, input, takenMinor);
      return pending(subscription, invoice, input);
    },
  };
};

const newCharge = (invoice: Invoice, attempt: number): Charge => ({
  invoiceId: invoice._id,
  periodStart: invoice.period.startAt,
  attempt,
  status: 'pending',
  rung: 1,
  failedAt: null,
  nextAt: null,
});

const dataOf = (
  { _id: invoiceId, total, period, attempts }: Invoice,
  { attempt }: UpdateSubscriptionInput,
): Record<string, unknown> => ({
  invoiceId,
  attempt,
  paymentId: attempts.find((made) => made.attempt === attempt)?.paymentId ?? null,
  totalMinor: total.amountMinor,
  periodStart: period.startAt,
  periodEnd: period.endAt,
});

function eventOfPaid({ state, paidUntil }: Subscription, { kind }: Invoice): EventType {
  if (state === 'past_due' || state === 'unpaid') return 'subscription.recovered';
  if (state === 'paused') return 'subscription.resumed';
  if (paidUntil === null) return 'subscription.activated';
  return kind === 'change' ? 'subscription.change_paid' : 'subscription.renewed';
}
