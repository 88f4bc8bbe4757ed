import { DomainError } from '../domain-error';
import type { Money } from '../money';
import { moneyOf } from '../money';

/**
 * Chart of accounts, with the side on which each account grows.
 *
 * `authorised`/`authorised_contra` are memo accounts: money that banks hold for us, not ours yet. Captured money is
 * `captured` and is owed as one of three: `held` (by the bank while it decides on a dispute), `fulfilled` (earned by
 * the partner), `refunded` (returned to the customer). As these are the two sides of the same postings, `captured =
 * fulfilled + refunded + held`.
 */
export const ledgerAccounts = {
  authorised: 'debit',
  authorised_contra: 'credit',
  captured: 'debit',
  held: 'credit',
  fulfilled: 'credit',
  refunded: 'credit',
} as const satisfies Record<string, 'debit' | 'credit'>;
export type LedgerAccount = keyof typeof ledgerAccounts;

export const ledgerEvents = ['authorise', 'capture', 'void', 'refund', 'refund_reversal', 'dispute'] as const;
export type LedgerEvent = (typeof ledgerEvents)[number];

export interface LedgerLine {
  account: LedgerAccount;
  side: 'debit' | 'credit';
  amountMinor: number;
}

/**
 * One business event in the books: written once under its key, never changed. The key is the gateway's
 * (`pay_1:capture:1`), so that the books can be compared with the gateway's own item by item.
 */
export interface Posting {
  key: string;
  event: LedgerEvent;
  paymentId: string;
  currency: string;
  lines: readonly LedgerLine[];
}

interface PostingInput {
  /** Derived from the entity and the business attempt, never from a retry's number. */
  key: string;
  paymentId: string;
}

const pair = (debit: LedgerAccount, credit: LedgerAccount, { amountMinor }: Money): LedgerLine[] =>
  amountMinor === 0
    ? []
    : [
        { account: debit, side: 'debit', amountMinor },
        { account: credit, side: 'credit', amountMinor },
      ];

function posting(event: LedgerEvent, { key, paymentId }: PostingInput, currency: string, lines: LedgerLine[]): Posting {
  for (const { account, amountMinor } of lines) {
    if (!Number.isSafeInteger(amountMinor) || amountMinor <= 0) {
      throw new DomainError(
        'LEDGER_AMOUNT_INVALID',
        `${key}: ${account} by ${amountMinor}; post a whole amount above 0.`,
      );
    }
  }
  return { key, event, paymentId, currency, lines };
}

/** Posts the hold of `amount` at a bank. */
export const postAuthorise = ({ amount, ...input }: PostingInput & { amount: Money }): Posting =>
  posting('authorise', input, amount.currency, pair('authorised', 'authorised_contra', amount));

/** Posts the end of a hold: voided, expired, or released by a capture of less than all. */
export const postVoid = ({ amount, ...input }: PostingInput & { amount: Money }): Posting =>
  posting('void', input, amount.currency, pair('authorised_contra', 'authorised', amount));

export interface PostCaptureInput extends PostingInput {
  captured: Money;
  /** The amount held; the whole hold ends with the capture. */
  authorised: Money;
}

/**
 * Posts a capture and the end of its hold, the part that was not captured included. Throws
 * `CAPTURE_EXCEEDS_AUTHORISATION`.
 */
export function postCapture({ captured, authorised, ...input }: PostCaptureInput): Posting {
  if (captured.currency !== authorised.currency || captured.amountMinor > authorised.amountMinor) {
    const detail =
      `${input.key}: captured ${captured.amountMinor} ${captured.currency} ` +
      `of ${authorised.amountMinor} ${authorised.currency} authorised.`;
    throw new DomainError('CAPTURE_EXCEEDS_AUTHORISATION', detail);
  }
  return posting('capture', input, captured.currency, [
    ...pair('authorised_contra', 'authorised', authorised),
    ...pair('captured', 'fulfilled', captured),
  ]);
}

/** Posts a refund once it has succeeded, never while it is under way. */
export const postRefund = ({ amount, ...input }: PostingInput & { amount: Money }): Posting =>
  posting('refund', input, amount.currency, pair('fulfilled', 'refunded', amount));

/** Posts that a refund which had succeeded has failed: the money is back on the account at the gateway. */
export const postRefundReversal = ({ amount, ...input }: PostingInput & { amount: Money }): Posting =>
  posting('refund_reversal', input, amount.currency, pair('refunded', 'fulfilled', amount));

export interface PostDisputeInput extends PostingInput {
  from: LedgerAccount;
  to: LedgerAccount;
  amount: Money;
}

/** Posts the move of captured money by a dispute: held by the bank, back to the partner, or to the customer. */
export const postDispute = ({ from, to, amount, ...input }: PostDisputeInput): Posting =>
  posting('dispute', input, amount.currency, from === to ? [] : pair(from, to, amount));

export interface AccountTotals {
  debitMinor: number;
  creditMinor: number;
}
export type Totals = Readonly<Record<LedgerAccount, AccountTotals>>;

export const emptyTotals = (): Totals =>
  Object.fromEntries(
    Object.keys(ledgerAccounts).map((account) => [account, { debitMinor: 0, creditMinor: 0 }]),
  ) as unknown as Totals;

export interface BalanceInput {
  postings: Iterable<Posting>;
  /** Totals are of one currency: postings of others are left out. */
  currency: string;
  /** Totals to continue from. Defaults to zero. */
  totals?: Totals;
}

/** Adds postings up, by account. Throws `AMOUNT_TOO_LARGE` before a total would stop being exact. */
export function balance({ postings, currency, totals = emptyTotals() }: BalanceInput): Totals {
  const sums = structuredTotals(totals);
  for (const { lines, currency: posted } of postings) {
    if (posted !== currency) continue;
    for (const { account, side, amountMinor } of lines) {
      const field = side === 'debit' ? 'debitMinor' : 'creditMinor';
      sums[account][field] = moneyOf(sums[account][field] + amountMinor, currency).amountMinor;
    }
  }
  return sums;
}

const structuredTotals = (totals: Totals): Record<LedgerAccount, AccountTotals> =>
  Object.fromEntries(Object.entries(totals).map(([account, sums]) => [account, { ...sums }])) as Record<
    LedgerAccount,
    AccountTotals
  >;

/** Returns an account's balance, positive on the side on which the account grows. */
export function balanceOf(totals: Totals, account: LedgerAccount): number {
  const { debitMinor, creditMinor } = totals[account];
  return ledgerAccounts[account] === 'debit' ? debitMinor - creditMinor : creditMinor - debitMinor;
}
