import type { InvoiceLine, InvoicePayments } from '../invoice';
import type { Money } from '../../money';
import { moneyOf } from '../../money';

/*
 * The money of a subscription, followed through its paid invoices. Each invoice is paid by unused time, by credit and
 * by payments, in this order; the oldest money is spent first, so the latest payments are the first to be refunded.
 */

/** An amount that one payment paid. */
export interface Lot {
  paymentId: string;
  /** In minor units. */
  amountMinor: number;
}

/** The customer's money that a subscription holds; in each list the oldest first. */
export interface PaidFunds {
  /** The money that paid for the time that was paid last. */
  time: Lot[];
  /** The money that the credit consists of: it paid for time that was not used. */
  credit: Lot[];
}

/** A paid invoice. */
export interface FundingInvoice extends InvoicePayments {
  lines: readonly Pick<InvoiceLine, 'kind' | 'amount'>[];
  creditApplied: Money;
  attempts: readonly (InvoicePayments['attempts'][number] & { paymentId: string })[];
}

/** By payment: the amount that can still be refunded, in minor units. */
export type LeftByPayment = ReadonlyMap<string, number>;

/** Returns the money behind the time paid last and behind the credit. `invoices`: the paid ones, the oldest first. */
export const paidFundsOf = (invoices: readonly FundingInvoice[]): PaidFunds =>
  invoices.reduce<PaidFunds>(fundsAfter, { time: [], credit: [] });

function fundsAfter({ time, credit }: PaidFunds, { lines, creditApplied, total, attempts }: FundingInvoice): PaidFunds {
  const minorOf = (kinds: readonly InvoiceLine['kind'][]) =>
    lines.filter(({ kind }) => kinds.includes(kind)).reduce((sum, { amount }) => sum + amount.amountMinor, 0);
  const unused = split(time, sumLots(time) + minorOf(['unused'])).rest;
  const { spent: applied, rest: kept } = split(credit, creditApplied.amountMinor);
  const paid = attempts
    .filter(({ state }) => state === 'paid')
    .map(({ paymentId, paidMinor = total.amountMinor }) => ({ paymentId, amountMinor: paidMinor }));
  const { spent, rest } = split([...unused, ...applied, ...paid], minorOf(['period', 'remaining']));
  return { time: spent, credit: [...kept, ...rest] };
}

/**
 * Returns the most that unused time is worth: the amount that was paid for the time paid last and not refunded. Where
 * credit comes from the same payment, the credit has the first claim on the amount left of it: no amount counts twice.
 */
export function paidAndNotRefunded({ time, credit }: PaidFunds, left: LeftByPayment, currency: string): Money {
  const free = new Map(left);
  for (const { paymentId, amountMinor } of credit) free.set(paymentId, (free.get(paymentId) ?? 0) - amountMinor);
  return moneyOf(sumLots(takeLatest(time, sumLots(time), free)), currency);
}

/**
 * Returns up to `amountMinor` of the lots, the latest first, from each payment at most the amount in `left`, and takes
 * it out of `left`.
 */
export function takeLatest(lots: readonly Lot[], amountMinor: number, left: Map<string, number>): Lot[] {
  let due = amountMinor;
  return lots.toReversed().flatMap(({ paymentId, amountMinor: most }) => {
    const leftMinor = left.get(paymentId) ?? 0;
    const taken = Math.min(most, due, leftMinor);
    if (taken <= 0) return [];
    due -= taken;
    left.set(paymentId, leftMinor - taken);
    return [{ paymentId, amountMinor: taken }];
  });
}

/** Returns the lots split after an amount: the oldest are spent, the latest are the rest. */
function split(lots: readonly Lot[], amountMinor: number): { spent: Lot[]; rest: Lot[] } {
  let due = Math.max(0, amountMinor);
  const spent: Lot[] = [];
  const rest: Lot[] = [];
  for (const { paymentId, amountMinor: all } of lots) {
    const taken = Math.min(due, all);
    due -= taken;
    if (taken > 0) spent.push({ paymentId, amountMinor: taken });
    if (all > taken) rest.push({ paymentId, amountMinor: all - taken });
  }
  return { spent, rest };
}

export const sumLots = (lots: readonly Lot[]): number => lots.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
