import type { BillingPeriod } from './billing/billing-period';
import { DomainError } from '../domain-error';
import type { Money } from '../money';
import { addMoney, minMoney, moneyOf, negateMoney, subtractMoney, sumMoney, zeroMoney } from '../money';
import type { PlanItem } from './plan';
import { isSameItem, keepsPeriod, priceOf } from './plan';
import { periodPrice, unusedPrice, unusedTime } from './billing/proration';
import type { Transitions } from '../transitions';

export const invoiceStates = ['draft', 'open', 'paid', 'uncollectible', 'void'] as const;
export type InvoiceState = (typeof invoiceStates)[number];

export const invoiceTransitions: Transitions<InvoiceState> = {
  draft: { open: 'to be paid', paid: 'nothing to pay', void: 'cancelled before it was charged' },
  open: { paid: 'paid', uncollectible: 'dunning gave up', void: 'voided' },
  uncollectible: { paid: 'paid late', void: 'voided' },
  paid: {},
  void: {},
};

export interface InvoiceLine {
  kind: 'period' | 'unused' | 'remaining';
  description: string;
  planId: string;
  quantity: number;
  /** Negative for time already paid and not used. */
  amount: Money;
  startAt: string;
  endAt: string;
}

export interface InvoiceDraft {
  lines: InvoiceLine[];
  /** The sum of the lines; may be negative. */
  subtotal: Money;
  /** The part of the credit that this invoice uses. */
  creditApplied: Money;
  /** To be charged; never negative. */
  total: Money;
  /** The credit left for later invoices. */
  creditBalance: Money;
}

/** Adds the lines up. A negative sum is not paid out but carried over to the next invoices as credit. */
export function draftInvoice({ lines, creditBalance }: { lines: InvoiceLine[]; creditBalance: Money }): InvoiceDraft {
  const zero = zeroMoney(creditBalance.currency);
  const subtotal = sumMoney(
    lines.map(({ amount }) => amount),
    creditBalance.currency,
  );
  if (subtotal.amountMinor < 0) {
    return { lines, subtotal, creditApplied: zero, total: zero, creditBalance: subtractMoney(creditBalance, subtotal) };
  }
  const creditApplied = minMoney(creditBalance, subtotal);
  return {
    lines,
    subtotal,
    creditApplied,
    total: subtractMoney(subtotal, creditApplied),
    creditBalance: subtractMoney(creditBalance, creditApplied),
  };
}

export interface InvoicePayments {
  total: Money;
  /** `paidMinor`: the amount of the attempt, in minor units; a `paid` attempt without it paid everything. */
  attempts: readonly { state: 'pending' | 'paid' | 'failed'; paidMinor?: number }[];
}

/**
 * Returns the amount paid of an invoice, regardless of later refunds. It is less than the total where somebody captured
 * only a part at the gateway.
 */
export const amountPaid = ({ total, attempts }: InvoicePayments): Money =>
  sumMoney(
    attempts
      .filter(({ state }) => state === 'paid')
      .map(({ paidMinor }) => moneyOf(paidMinor ?? total.amountMinor, total.currency)),
    total.currency,
  );

/** Returns the amount still to be paid of an invoice; zero for a voided one. */
export const amountDue = ({ state, ...invoice }: InvoicePayments & { state: InvoiceState }): Money =>
  state === 'paid' || state === 'void'
    ? zeroMoney(invoice.total.currency)
    : subtractMoney(invoice.total, amountPaid(invoice));

const nameOf = ({ plan, quantity }: PlanItem): string => (quantity === 1 ? plan.name : `${quantity} × ${plan.name}`);

const lineOf = (item: PlanItem, line: Omit<InvoiceLine, 'planId' | 'quantity'>): InvoiceLine => ({
  planId: item.planId,
  quantity: item.quantity,
  ...line,
});

const periodLine = (item: PlanItem, period: BillingPeriod, stepMinor: number): InvoiceLine =>
  lineOf(item, {
    kind: 'period',
    description: nameOf(item),
    amount: periodPrice({ price: priceOf(item), stepMinor, period }),
    startAt: period.startAt,
    endAt: period.endAt,
  });

/** Returns the invoice of a period: the first, or a renewal. */
export const invoiceForPeriod = ({
  item,
  period,
  stepMinor,
  creditBalance,
}: {
  item: PlanItem;
  period: BillingPeriod;
  stepMinor: number;
  creditBalance: Money;
}): InvoiceDraft => draftInvoice({ lines: [periodLine(item, period, stepMinor)], creditBalance });

export interface InvoiceForPlanChangeInput {
  when: 'now' | 'period_end';
  at: string;
  current: PlanItem;
  next: PlanItem;
  /** The current period. Null where nothing has been charged yet: in a trial, or before the start. */
  period: BillingPeriod | null;
  /**
   * The first period that is charged by the next plan: for `now` with another interval the one that begins with the
   * change, for `period_end` the one that begins where the current ends. Ignored otherwise.
   */
  nextPeriod: BillingPeriod | null;
  /** The gateway accepts only multiples of this many minor units. Defaults to 1. */
  stepMinor: number;
  creditBalance: Money;
  /** The amount that was paid for the current period and not refunded: the most that its unused time is worth. */
  paid: Money;
}

/**
 * Returns the invoice that a change of plan or quantity makes, for the change itself and for its preview alike.
 *
 * `now`: the unused part of the old price is credited and the new one charged, for the rest of the period where the
 * interval stays, and for a full new period where it changes. `period_end`: the next period's invoice. `now` costs
 * nothing in a trial, and must come before the period's end. Throws `PLAN_CURRENCY_DIFFERS` or `NOTHING_TO_CHANGE`.
 */
export function invoiceForPlanChange({
  when,
  at,
  current,
  next,
  period,
  nextPeriod,
  stepMinor,
  creditBalance,
  paid,
}: InvoiceForPlanChangeInput): InvoiceDraft {
  requireChange({ current, next });
  if (when === 'period_end')
    return draftInvoice({ lines: [periodLine(next, requirePeriod(nextPeriod), stepMinor)], creditBalance });
  if (!period) return draftInvoice({ lines: [], creditBalance });

  const { endAt } = period;
  // Proration is to the second, and periods begin with a second, so the lines meet.
  const startAt = new Date(Math.floor(Date.parse(at) / 1000) * 1000).toISOString();
  const ofPeriod = (item: PlanItem) => ({ price: priceOf(item), stepMinor, period, at });
  const credit = lineOf(current, {
    kind: 'unused',
    description: `Unused time: ${nameOf(current)}`,
    amount: negateMoney(unusedTime({ ...ofPeriod(current), paid })),
    startAt,
    endAt,
  });
  const charge = keepsPeriod(current.plan, next.plan)
    ? lineOf(next, {
        kind: 'remaining',
        description: `Remaining time: ${nameOf(next)}`,
        amount: unusedPrice(ofPeriod(next)),
        startAt,
        endAt,
      })
    : periodLine(next, requirePeriod(nextPeriod), stepMinor);
  return draftInvoice({ lines: [credit, charge], creditBalance });
}

/** Throws `PLAN_CURRENCY_DIFFERS` or `NOTHING_TO_CHANGE`, both pointing at `/planId`. */
export function requireChange({ current, next }: { current: PlanItem; next: PlanItem }): void {
  requireSameCurrency({ current, next });
  if (isSameItem(current, next)) {
    throw new DomainError('NOTHING_TO_CHANGE', 'The subscription has this plan and quantity already.', {
      pointer: '/planId',
    });
  }
}

/** Throws `PLAN_CURRENCY_DIFFERS`, pointing at `/planId`. */
export function requireSameCurrency({ current, next }: { current: PlanItem; next: PlanItem }): void {
  const [from, to] = [current.plan.amount.currency, next.plan.amount.currency];
  if (from !== to) {
    const detail =
      `The plan is in ${to}, the subscription in ${from}: ` +
      `choose a plan in ${from}, or cancel and create a new subscription.`;
    throw new DomainError('PLAN_CURRENCY_DIFFERS', detail, { pointer: '/planId' });
  }
}

function requirePeriod(period: BillingPeriod | null): BillingPeriod {
  if (!period)
    throw new DomainError('PERIOD_MISSING', 'This change needs the period that the next plan is first charged for.');
  return period;
}

/** Returns the customer's credit after the invoice is voided, as if it had never been drafted. */
export const creditAfterVoid = ({
  creditBalance,
  draft,
}: {
  creditBalance: Money;
  draft: Pick<InvoiceDraft, 'subtotal' | 'creditApplied'>;
}): Money => {
  const given = draft.subtotal.amountMinor < 0 ? negateMoney(draft.subtotal) : zeroMoney(creditBalance.currency);
  return subtractMoney(addMoney(creditBalance, draft.creditApplied), given);
};
