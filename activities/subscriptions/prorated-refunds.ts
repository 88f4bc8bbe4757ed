import type { ActivityDependencies } from '..';
import { amountStepOf } from '../../src/domain/amount-step';
import type { BillingPeriod } from '../../src/domain/subscriptions/billing-period';
import { planCancelRefund, type CancelRefund } from '../../src/domain/subscriptions/cancel-refund';
import type { Money } from '../../src/domain/money';
import { negateMoney, subtractMoney, sumMoney, zeroMoney } from '../../src/domain/money';
import { priceOf } from '../../src/domain/subscriptions/plan';
import { unusedPrice } from '../../src/domain/subscriptions/proration';
import { leftToRefund, refundsOfAllLeft } from '../../src/domain/payments/refund';
import type { Invoice } from '../../src/models/subscriptions/invoice';
import type { Subscription } from '../../src/models/subscriptions/subscription';

export interface PlanRefundsInput {
  subscription: Subscription;
  /** An invoice that was not paid gives nothing back: what it stands for is left out. */
  openInvoice: Invoice | null;
  /** The credit once the open invoice is taken back. */
  credit: Money;
  at: string;
}

/** What a cancel gives back, and of which payments. */
export const createProratedRefunds = ({ database }: Pick<ActivityDependencies, 'database'>) => {
  const { models } = database;

  return {
    /**
     * All that is left of what was paid for an invoice that is taken back: of an open one, by somebody who captured
     * only a part.
     */
    async planTakenBack({ tenantId, attempts }: Invoice): Promise<CancelRefund['refunds']> {
      const paymentIds = attempts.filter(({ state }) => state === 'paid').map(({ paymentId }) => paymentId);
      const payments = await models.payments.find({ _id: { $in: paymentIds }, tenantId }).lean();
      return refundsOfAllLeft(payments);
    },

    /**
     * The unused part of the time that was paid for, and the credit, taken from what was paid, the latest first. Empty
     * where nothing is left.
     */
    async plan({ subscription, openInvoice, credit, at }: PlanRefundsInput): Promise<CancelRefund> {
      const { _id: subscriptionId, tenantId } = subscription;
      const { currency } = credit;
      const paid = await models.invoices
        .find({ tenantId, subscriptionId, state: 'paid' })
        .sort({ createdAt: -1, _id: -1 })
        .lean();
      const isCurrent = ({ period }: Invoice) => period.endAt > at;
      const made = paid.flatMap((invoice) =>
        invoice.attempts
          .filter(({ state }) => state === 'paid')
          .map(({ paymentId }) => ({ paymentId, isCurrent: isCurrent(invoice) })),
      );
      const payments = new Map(
        (await models.payments.find({ _id: { $in: made.map(({ paymentId }) => paymentId) }, tenantId }).lean()).map(
          (payment) => [payment._id, payment],
        ),
      );
      return planCancelRefund({
        unused: unusedOf({ subscription, openInvoice, at }) ?? zeroMoney(currency),
        paidByCredit: sumMoney(paid.filter(isCurrent).map(paidWithoutMoney), currency),
        credit,
        sources: made.flatMap(({ paymentId, isCurrent: current }) => {
          const payment = payments.get(paymentId);
          return payment ? [{ paymentId, left: leftToRefund(payment), isCurrent: current }] : [];
        }),
      });
    },
  };
};

/**
 * What is unused of the time that was paid for last; null where none was. A change that is still open does not count:
 * its invoice tells what was left of the price before. A period that is still open is not paid, and the one before it
 * is over.
 */
function unusedOf({
  subscription: { tenantId, item, period },
  openInvoice,
  at,
}: Omit<PlanRefundsInput, 'credit'>): Money | null {
  if (!period || openInvoice?.kind === 'period') return null;
  const before = openInvoice?.lines.find(({ kind }) => kind === 'unused');
  const paid: { price: Money; period: Pick<BillingPeriod, 'fullStartAt' | 'endAt'> } = before
    ? { price: negateMoney(before.amount), period: { fullStartAt: before.startAt, endAt: before.endAt } }
    : { price: priceOf(item), period };
  return unusedPrice({ ...paid, stepMinor: amountStepOf({ tenantId, currency: paid.price.currency }), at });
}

/** What of an invoice's price was settled by credit, or by time unused before. */
function paidWithoutMoney({ lines, total }: Invoice): Money {
  const price = sumMoney(
    lines.map(({ amount }) => amount).filter(({ amountMinor }) => amountMinor > 0),
    total.currency,
  );
  return subtractMoney(price, total);
}
