import type { ActivityDependencies } from '.';
import type { Money } from '../src/domain/money';
import { addMoney, minMoney, moneyOf, negateMoney, subtractMoney, sumMoney } from '../src/domain/money';
import type { BillingPeriod } from '../src/domain/billing-period';
import { priceOf } from '../src/domain/plan';
import { proratedRefund, type UnusedPriceInput } from '../src/domain/proration';
import { refundable } from '../src/domain/refund';
import type { Invoice } from '../src/models/invoice';
import type { Subscription } from '../src/models/subscription';

export interface PlanRefundsInput {
  subscription: Subscription;
  /** An invoice that was not paid gives nothing back: what it stands for is left out. */
  openInvoice: Invoice | null;
  at: string;
}

/** What a cancel gives back, and of which payments. */
export const createProratedRefunds = ({ database }: Pick<ActivityDependencies, 'database'>) => {
  const { models } = database;

  return {
    /** The unused part of the time that was paid for, taken from the payments that paid for it, the latest first. Empty where nothing is left. */
    async plan({ subscription, openInvoice, at }: PlanRefundsInput): Promise<{ paymentId: string; amount: Money }[]> {
      const { _id: subscriptionId, tenantId, period, creditBalance } = subscription;
      if (!period || openInvoice?.kind === 'period') return [];
      const paid = await models.invoices.find({ tenantId, subscriptionId, state: 'paid', 'period.endAt': { $gt: at } }).sort({ createdAt: -1, _id: -1 }).lean();
      const paymentIds = paid.flatMap(({ attempts }) => attempts.filter(({ state }) => state === 'paid').map(({ paymentId }) => paymentId));
      const payments = await models.payments.find({ _id: { $in: paymentIds }, tenantId }).lean();
      const funds = paymentIds.flatMap((paymentId) => {
        const payment = payments.find(({ _id }) => _id === paymentId);
        return payment ? [{ paymentId, left: refundable({ ...payment, currency: payment.amount.currency }) }] : [];
      });

      const { currency } = creditBalance;
      const credit = addMoney(creditBalance, openInvoice?.creditApplied ?? moneyOf(0, currency));
      let due = proratedRefund({ ...paidTime(subscription, period, openInvoice), at, creditBalance: credit, refundable: sumMoney(funds.map(({ left }) => left), currency) });
      return funds.flatMap(({ paymentId, left }) => {
        const amount = minMoney(due, left);
        due = subtractMoney(due, amount);
        return amount.amountMinor > 0 ? [{ paymentId, amount }] : [];
      });
    },
  };
};

/** The price of the time that was paid for last, and that time. A change that is still open does not count: its invoice tells what was left of the price before. */
function paidTime({ item }: Subscription, period: BillingPeriod, openInvoice: Invoice | null): Pick<UnusedPriceInput, 'price' | 'period'> {
  const before = openInvoice?.lines.find(({ kind }) => kind === 'unused');
  if (!before) return { price: priceOf(item), period };
  return { price: negateMoney(before.amount), period: { fullStartAt: before.startAt, endAt: before.endAt } };
}
