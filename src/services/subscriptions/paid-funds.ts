import type { ClientSession } from 'mongoose';
import type { Money } from '../../domain/money';
import { leftToRefund } from '../../domain/payments/refund';
import {
  paidAndNotRefunded,
  paidFundsOf,
  type LeftByPayment,
  type PaidFunds,
} from '../../domain/subscriptions/billing/paid-funds';
import type { Database } from '../../models/database';
import type { Subscription } from '../../models/subscriptions/subscription';

export interface FindPaidFundsInput {
  database: Pick<Database, 'models'>;
  /** The caller's transaction. */
  session?: ClientSession;
  subscription: Pick<Subscription, '_id' | 'tenantId' | 'creditBalance'>;
}

export interface FoundFunds {
  funds: PaidFunds;
  left: LeftByPayment;
  /** The most that unused time is worth (`unusedTime`). */
  paid: Money;
}

/** Returns the money behind a subscription's present time and credit, and what is left of it to refund. */
export async function findPaidFunds({
  database: { models },
  session,
  subscription: { _id: subscriptionId, tenantId, creditBalance },
}: FindPaidFundsInput): Promise<FoundFunds> {
  const invoices = await models.invoices
    .find({ tenantId, subscriptionId, state: 'paid' })
    .sort({ createdAt: 1, _id: 1 })
    .session(session ?? null)
    .lean();
  const funds = paidFundsOf(invoices);
  const paymentIds = [...funds.time, ...funds.credit].map(({ paymentId }) => paymentId);
  const payments = await models.payments
    .find({ _id: { $in: paymentIds }, tenantId })
    .session(session ?? null)
    .lean();
  const left = new Map(payments.map((payment) => [payment._id, leftToRefund(payment).amountMinor]));
  return { funds, left, paid: paidAndNotRefunded(funds, left, creditBalance.currency) };
}
