import type { LedgerAccount, Posting, Totals } from './ledger';
import { balance, balanceOf, ledgerAccounts } from './ledger';
import { figuresAgainst, type PaymentFigures } from './books-differences';

export interface LedgerProblem {
  code:
    | 'KEY_REPEATED'
    | 'POSTING_INVALID'
    | 'POSTING_UNBALANCED'
    | 'CURRENCY_MIXED'
    | 'ACCOUNT_NEGATIVE'
    | 'TOTALS_UNBALANCED'
    | 'CAPTURED_NOT_EXPLAINED'
    | 'PAYMENT_DIFFERS';
  /** Names the fault, its place and the amount. */
  detail: string;
  key?: string;
  paymentId?: string;
}

/** Invariants of the totals of any set of postings: of one payment, of a tenant, of all. */
export function totalsProblems({
  totals,
  of,
  paymentId,
}: {
  totals: Totals;
  of: string;
  paymentId?: string;
}): LedgerProblem[] {
  const problems: LedgerProblem[] = [];
  const accounts = Object.keys(ledgerAccounts) as LedgerAccount[];
  const debit = accounts.reduce((sum, account) => sum + totals[account].debitMinor, 0);
  const credit = accounts.reduce((sum, account) => sum + totals[account].creditMinor, 0);
  if (debit !== credit) {
    problems.push({
      code: 'TOTALS_UNBALANCED',
      paymentId,
      detail: `${of}: debit ${debit} and credit ${credit} differ by ${debit - credit}.`,
    });
  }
  const [captured = 0, fulfilled = 0, refunded = 0, held = 0] = (
    ['captured', 'fulfilled', 'refunded', 'held'] as const
  ).map((account) => balanceOf(totals, account));
  if (captured !== fulfilled + refunded + held) {
    const detail = `${of}: captured ${captured} is not fulfilled ${fulfilled} + refunded ${refunded} + held ${held}.`;
    problems.push({ code: 'CAPTURED_NOT_EXPLAINED', paymentId, detail });
  }
  for (const account of accounts) {
    const standing = balanceOf(totals, account);
    if (standing < 0)
      problems.push({ code: 'ACCOUNT_NEGATIVE', paymentId, detail: `${of}: ${account} stands at ${standing}.` });
  }
  return problems;
}

/** Returns the faults of a single posting. */
export function postingProblems({ key, paymentId, lines }: Posting): LedgerProblem[] {
  const problems: LedgerProblem[] = [];
  const totalOf = (side: string): number =>
    lines.reduce((sum, line) => (line.side === side ? sum + line.amountMinor : sum), 0);
  for (const { account, side, amountMinor } of lines) {
    const whole = Number.isSafeInteger(amountMinor) && amountMinor > 0;
    if (whole && Object.hasOwn(ledgerAccounts, account) && ['debit', 'credit'].includes(side)) continue;
    problems.push({
      code: 'POSTING_INVALID',
      key,
      paymentId,
      detail: `${key}: ${side} of ${account} by ${amountMinor} is not a valid line.`,
    });
  }
  const [debit, credit] = [totalOf('debit'), totalOf('credit')];
  if (debit !== credit) {
    problems.push({
      code: 'POSTING_UNBALANCED',
      key,
      paymentId,
      detail: `${key}: debit ${debit} and credit ${credit} differ by ${debit - credit}.`,
    });
  }
  return problems;
}

/**
 * Returns everything that is wrong with a set of postings, empty when the books are right. Checks each posting, each
 * payment and each currency, so that two errors which cancel out in the total are still found.
 */
export function ledgerProblems(postings: readonly Posting[]): LedgerProblem[] {
  const problems: LedgerProblem[] = [];
  const seen = new Set<string>();
  const sound: Posting[] = [];
  for (const posting of postings) {
    const { key, paymentId } = posting;
    if (seen.has(key))
      problems.push({ code: 'KEY_REPEATED', key, paymentId, detail: `${key}: posted more than once.` });
    seen.add(key);
    const own = postingProblems(posting);
    problems.push(...own);
    if (own.every(({ code }) => code !== 'POSTING_INVALID')) sound.push(posting);
  }
  const byPayment = new Map<string, Posting[]>();
  for (const posting of sound) byPayment.set(posting.paymentId, [...(byPayment.get(posting.paymentId) ?? []), posting]);
  for (const [paymentId, group] of byPayment) {
    const [currency = '', ...others] = new Set(group.map((posting) => posting.currency));
    if (others.length > 0) {
      const detail = `${paymentId}: posted in ${[currency, ...others].join(' and ')}; a payment has one currency.`;
      problems.push({ code: 'CURRENCY_MIXED', paymentId, detail });
      continue;
    }
    problems.push(...totalsProblems({ totals: balance({ postings: group, currency }), of: paymentId, paymentId }));
  }
  for (const currency of new Set(sound.map((posting) => posting.currency))) {
    problems.push(...totalsProblems({ totals: balance({ postings: sound, currency }), of: `all of ${currency}` }));
  }
  return problems;
}

export interface PaymentInBooksInput extends PaymentFigures {
  paymentId: string;
  /** The totals of this payment alone. */
  totals: Totals;
}

/** Returns the differences between the payment's own figures and the books. */
export function paymentProblems({ paymentId, totals, ...figures }: PaymentInBooksInput): LedgerProblem[] {
  return figuresAgainst(totals, figures).map(({ account, recordedMinor, postedMinor }) => ({
    code: 'PAYMENT_DIFFERS',
    paymentId,
    detail:
      `${paymentId} (${figures.state}): ${account} is ${recordedMinor} on the payment ` +
      `and ${postedMinor} in the books.`,
  }));
}
