import type { ClientSession } from 'mongoose';
import { byWorkflow, type Actor } from '../../domain/actor';
import { amountStepOf } from '../../domain/amount-step';
import { DomainError } from '../../domain/domain-error';
import type { Money } from '../../domain/money';
import { negateMoney, subtractMoney, sumMoney, zeroMoney } from '../../domain/money';
import { leftToRefund, refundsOfAllLeft } from '../../domain/payments/refund';
import type { BillingPeriod } from '../../domain/subscriptions/billing-period';
import { planCancelRefund, type CancelRefund } from '../../domain/subscriptions/cancel-refund';
import { priceOf } from '../../domain/subscriptions/plan';
import { unusedPrice } from '../../domain/subscriptions/proration';
import type { Database } from '../../models/database';
import type { Payment } from '../../models/payments/payment';
import type { Invoice } from '../../models/subscriptions/invoice';
import type { Subscription } from '../../models/subscriptions/subscription';
import { acceptRefund } from '../payments/accept-refund';
import { ConcurrentChange } from './change-subscription';

interface Within {
  database: Database;
  /** The caller's transaction. */
  session?: ClientSession;
}

const paidAttempts = ({ attempts }: Invoice): string[] =>
  attempts.filter(({ state }) => state === 'paid').map(({ paymentId }) => paymentId);

const findPayments = ({ database, session }: Within, tenantId: string, paymentIds: string[]): Promise<Payment[]> =>
  database.models.payments
    .find({ _id: { $in: paymentIds }, tenantId })
    .session(session ?? null)
    .lean();

/**
 * Returns refunds of everything left of the payments for an invoice that is voided: an open invoice has such a payment
 * where somebody captured only a part.
 */
export async function refundsOfVoidedInvoice({
  invoice,
  ...within
}: Within & { invoice: Invoice }): Promise<CancelRefund['refunds']> {
  return refundsOfAllLeft(await findPayments(within, invoice.tenantId, paidAttempts(invoice)));
}

export interface ProratedRefundsInput extends Within {
  subscription: Subscription;
  /** An unpaid invoice refunds nothing: the time it charges for is left out. */
  openInvoice: Invoice | null;
  /** The credit once the open invoice is voided. */
  credit: Money;
  at: string;
}

/**
 * Returns refunds of the unused part of the time that was paid for, and of the credit, from the payments, the latest
 * first; none where nothing is left.
 */
export async function proratedRefunds(input: ProratedRefundsInput): Promise<CancelRefund> {
  const { database, session, subscription, credit, at } = input;
  const { _id: subscriptionId, tenantId } = subscription;
  const { currency } = credit;
  const paid = await database.models.invoices
    .find({ tenantId, subscriptionId, state: 'paid' })
    .sort({ createdAt: -1, _id: -1 })
    .session(session ?? null)
    .lean();
  const isCurrent = ({ period }: Invoice) => period.endAt > at;
  const made = paid.flatMap((invoice) =>
    paidAttempts(invoice).map((paymentId) => ({ paymentId, isCurrent: isCurrent(invoice) })),
  );
  const payments = await findPayments(
    input,
    tenantId,
    made.map(({ paymentId }) => paymentId),
  );
  const byId = new Map(payments.map((payment) => [payment._id, payment]));
  return planCancelRefund({
    unused: unusedOf(input) ?? zeroMoney(currency),
    paidByCredit: sumMoney(paid.filter(isCurrent).map(paidWithoutMoney), currency),
    credit,
    sources: made.flatMap(({ paymentId, isCurrent: current }) => {
      const payment = byId.get(paymentId);
      return payment ? [{ paymentId, left: leftToRefund(payment), isCurrent: current }] : [];
    }),
  });
}

/**
 * Returns the unused part of the time that was paid for last; null where none was. A change that is still open does not
 * count: its invoice states the unused price before it. A period that is still open is not paid, and the one before it
 * is over.
 */
function unusedOf({
  subscription: { tenantId, item, period },
  openInvoice,
  at,
}: Omit<ProratedRefundsInput, 'credit'>): Money | null {
  if (!period || openInvoice?.kind === 'period') return null;
  const before = openInvoice?.lines.find(({ kind }) => kind === 'unused');
  const paid: { price: Money; period: Pick<BillingPeriod, 'fullStartAt' | 'endAt'> } = before
    ? { price: negateMoney(before.amount), period: { fullStartAt: before.startAt, endAt: before.endAt } }
    : { price: priceOf(item), period };
  return unusedPrice({ ...paid, stepMinor: amountStepOf({ tenantId, currency: paid.price.currency }), at });
}

/** Returns the part of an invoice's price that was settled by credit, or by time unused before. */
function paidWithoutMoney({ lines, total }: Invoice): Money {
  const price = sumMoney(
    lines.map(({ amount }) => amount).filter(({ amountMinor }) => amountMinor > 0),
    total.currency,
  );
  return subtractMoney(price, total);
}

export interface AcceptRefundsInput {
  database: Database;
  session: ClientSession;
  subscription: Pick<Subscription, 'tenantId' | 'correlationId'>;
  refunds: CancelRefund['refunds'];
  by?: Actor;
  at: string;
}

const REFUNDED_MEANWHILE: readonly string[] = [
  'PAYMENT_NOT_REFUNDABLE',
  'NOTHING_TO_REFUND',
  'REFUND_EXCEEDS_CAPTURED',
];

/**
 * Accepts refunds that a step has planned, within the step. If the partner has refunded since, the step is decided
 * again.
 */
export async function acceptRefunds({
  database,
  session,
  subscription: { tenantId, correlationId },
  refunds,
  by = byWorkflow,
  at,
}: AcceptRefundsInput): Promise<void> {
  for (const { paymentId, amount } of refunds) {
    try {
      await acceptRefund({ database, session, tenantId, paymentId, amount, correlationId, by, at });
    } catch (error) {
      if (error instanceof DomainError && REFUNDED_MEANWHILE.includes(error.code))
        throw new ConcurrentChange(`payment ${paymentId} was refunded while a refund of it was planned`);
      throw error;
    }
  }
}
