import type { ClientSession } from 'mongoose';
import { byWorkflow, type Actor } from '../../domain/actor';
import { amountStepOf } from '../../domain/amount-step';
import { DomainError } from '../../domain/domain-error';
import type { Money } from '../../domain/money';
import { zeroMoney } from '../../domain/money';
import { refundsOfAllLeft } from '../../domain/payments/refund';
import { planEndRefund, type EndRefund } from '../../domain/subscriptions/end-refund';
import { priceOf } from '../../domain/subscriptions/plan';
import { unusedTime } from '../../domain/subscriptions/billing/proration';
import type { Database } from '../../models/database';
import type { Payment } from '../../models/payments/payment';
import type { Invoice } from '../../models/subscriptions/invoice';
import type { Subscription } from '../../models/subscriptions/subscription';
import { acceptRefund } from '../payments/accept-refund';
import { ConcurrentChange } from './change-subscription';
import { findPaidFunds } from './paid-funds';

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
}: Within & { invoice: Invoice }): Promise<EndRefund['refunds']> {
  return refundsOfAllLeft(await findPayments(within, invoice.tenantId, paidAttempts(invoice)));
}

export interface RefundsAtEndInput extends Within {
  subscription: Subscription;
  /** An unpaid invoice refunds nothing: the time it charges for is left out. */
  openInvoices: readonly Invoice[];
  /** The credit, with the part that open invoices used. */
  credit: Money;
  /** True to refund the unused time too. */
  isProrated: boolean;
  at: string;
}

/**
 * Returns the refunds when a subscription ends: the credit and, where the end is prorated, the unused part of the time
 * that was paid for.
 */
export async function refundsAtEnd({ isProrated, credit, ...input }: RefundsAtEndInput): Promise<EndRefund> {
  const { funds, left, paid } = await findPaidFunds(input);
  const unused = isProrated ? unusedOf({ ...input, paid }) : null;
  return planEndRefund({ unused: unused ?? zeroMoney(credit.currency), credit, funds, left });
}

/**
 * Returns the unused part of the time that was paid for last; null where none was. A period that is still open is not
 * paid, and the one before it is over.
 */
function unusedOf({
  subscription: { tenantId, item, period },
  openInvoices,
  paid,
  at,
}: Omit<RefundsAtEndInput, 'credit' | 'isProrated'> & { paid: Money }): Money | null {
  if (!period || openInvoices.some(({ kind }) => kind === 'period')) return null;
  const price = priceOf(item);
  return unusedTime({ price, period, stepMinor: amountStepOf({ tenantId, currency: price.currency }), paid, at });
}

export interface AcceptRefundsInput {
  database: Database;
  session: ClientSession;
  subscription: Pick<Subscription, '_id' | 'tenantId' | 'correlationId'>;
  refunds: EndRefund['refunds'];
  by?: Actor;
  at: string;
}

const REFUNDED_MEANWHILE: readonly string[] = [
  'PAYMENT_NOT_REFUNDABLE',
  'NOTHING_TO_REFUND',
  'REFUND_EXCEEDS_CAPTURED',
];

/**
 * Accepts refunds that a step has planned, within the step. `settleRefundResult` records their results on the
 * subscription. If the partner has refunded since, the step is decided again.
 */
export async function acceptRefunds({
  database,
  session,
  subscription: { _id: parentId, tenantId, correlationId },
  refunds,
  by = byWorkflow,
  at,
}: AcceptRefundsInput): Promise<void> {
  for (const { paymentId, amount } of refunds) {
    try {
      await acceptRefund({ database, session, tenantId, paymentId, parentId, amount, correlationId, by, at });
    } catch (error) {
      if (error instanceof DomainError && REFUNDED_MEANWHILE.includes(error.code))
        throw new ConcurrentChange(`payment ${paymentId} was refunded while a refund of it was planned`);
      throw error;
    }
  }
}
