import type { Money } from '../money';
import { moneyOf } from '../money';
import type { BooksDifference, ComparedAccount } from '../operator/books-difference';
import { balance, balanceOf, type Posting, type Totals } from './ledger';
import type { PaymentState } from './payment';
import type { RefundState } from './refund';

/** The amounts that a payment records, in minor units of its currency. */
export interface PaymentFigures {
  state: PaymentState;
  authorisedMinor: number;
  capturedMinor: number;
  refundedMinor: number;
  disputedMinor: number;
}

/** An account whose balance is not the amount on the entity; in minor units. */
export interface AccountDifference {
  account: ComparedAccount;
  recordedMinor: number;
  postedMinor: number;
}

const STILL_HELD: readonly PaymentState[] = ['authorised', 'capturing'];
const HOLD_UNKNOWN: readonly PaymentState[] = ['unknown', 'authorising', 'requires_action'];

/**
 * Compares a payment's own figures with the totals of its postings. While a call's outcome is open, its hold is not
 * judged.
 */
export function figuresAgainst(totals: Totals, payment: PaymentFigures): AccountDifference[] {
  const { state, authorisedMinor, capturedMinor, refundedMinor, disputedMinor } = payment;
  const expected: [ComparedAccount, number][] = [
    ['captured', capturedMinor],
    ['refunded', refundedMinor],
    ['held', disputedMinor],
  ];
  if (!HOLD_UNKNOWN.includes(state)) expected.push(['authorised', STILL_HELD.includes(state) ? authorisedMinor : 0]);
  return expected
    .map(([account, recordedMinor]) => ({ account, recordedMinor, postedMinor: balanceOf(totals, account) }))
    .filter(({ recordedMinor, postedMinor }) => recordedMinor !== postedMinor);
}

/** The figures of a payment that does not exist, or in a currency that is not its own. */
const NOTHING: PaymentFigures = {
  state: 'cancelled',
  authorisedMinor: 0,
  capturedMinor: 0,
  refundedMinor: 0,
  disputedMinor: 0,
};

export interface PaymentInLedgerInput {
  paymentId: string;
  /** Null where the payment was deleted. */
  payment: (PaymentFigures & { amount: Money }) | null;
  /** The postings of the payment. */
  postings: readonly Posting[];
}

/** Returns the differences between a payment and the ledger, in every currency that either of them has. */
export function differencesOfPayment({ paymentId, payment, postings }: PaymentInLedgerInput): BooksDifference[] {
  const posted = postings.map(({ currency }) => currency);
  const currencies = new Set(payment ? [payment.amount.currency, ...posted] : posted);
  return [...currencies].flatMap((currency) => {
    const figures = payment?.amount.currency === currency ? payment : NOTHING;
    return figuresAgainst(balance({ postings, currency }), figures).map(({ account, recordedMinor, postedMinor }) => ({
      id: paymentId,
      account,
      recorded: moneyOf(recordedMinor, currency),
      posted: moneyOf(postedMinor, currency),
    }));
  });
}

export interface RefundInLedgerInput {
  refund: { _id: string; state: RefundState; amount: Money };
  /** The postings of the refund's payment. */
  postings: readonly Posting[];
}

/** Returns the difference between a refund and its postings; only a refund that succeeded has one. */
export function differencesOfRefund({ refund, postings }: RefundInLedgerInput): BooksDifference[] {
  const { _id, state, amount } = refund;
  const own = postings.filter(({ key }) => key.startsWith(`${_id}:`));
  const posted = moneyOf(balanceOf(balance({ postings: own, currency: amount.currency }), 'refunded'), amount.currency);
  const recorded = state === 'succeeded' ? amount : moneyOf(0, amount.currency);
  return recorded.amountMinor === posted.amountMinor ? [] : [{ id: _id, account: 'refunded', recorded, posted }];
}
