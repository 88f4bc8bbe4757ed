import type { Money } from '../money';
import { moneyOf, sumMoney } from '../money';
import type { BooksDifference } from '../operator/books-difference';
import { balance, balanceOf, type Posting } from '../payments/ledger';
import { amountPaid } from './invoice';

export interface InvoiceInLedgerInput {
  invoice: {
    _id: string;
    total: Money;
    attempts: readonly { paymentId: string; state: 'pending' | 'paid' | 'failed'; paidMinor?: number }[];
  };
  /** The postings of the payments, by payment. */
  postings: ReadonlyMap<string, readonly Posting[]>;
}

/** Returns the difference between the amount paid of an invoice and the captures of the payments that paid it. */
export function differencesOfInvoice({ invoice, postings }: InvoiceInLedgerInput): BooksDifference[] {
  const { currency } = invoice.total;
  const captures = invoice.attempts
    .filter(({ state }) => state === 'paid')
    .map(({ paymentId }) => balance({ postings: postings.get(paymentId) ?? [], currency }))
    .map((totals) => moneyOf(balanceOf(totals, 'captured'), currency));
  const recorded = amountPaid(invoice);
  const posted = sumMoney(captures, currency);
  return recorded.amountMinor === posted.amountMinor
    ? []
    : [{ id: invoice._id, account: 'captured', recorded, posted }];
}
