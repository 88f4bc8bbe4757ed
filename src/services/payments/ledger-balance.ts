import { DomainError } from '../../domain/domain-error';
import { emptyTotals, type AccountTotals, type LedgerAccount, type Totals } from '../../domain/payments/ledger';
import type { Database } from '../../models/database';

export interface LedgerBalanceInput {
  database: Database;
  tenantId: string;
  /** Limits the balance to one payment. */
  paymentId?: string;
}

/**
 * Returns the balances of a tenant's books (or of one of its payments), by currency and account, added up by the
 * database.
 * @throws DomainError `AMOUNT_TOO_LARGE` instead of returning a total that is not exact.
 */
export async function ledgerBalance({
  database,
  tenantId,
  paymentId,
}: LedgerBalanceInput): Promise<Map<string, Totals>> {
  const sums = await database.models.ledgerPostings.aggregate<{
    _id: { currency: string; account: LedgerAccount; side: 'debit' | 'credit' };
    amountMinor: number;
  }>([
    { $match: { tenantId, ...(paymentId === undefined ? {} : { paymentId }) } },
    { $unwind: '$lines' },
    {
      $group: {
        _id: { currency: '$currency', account: '$lines.account', side: '$lines.side' },
        amountMinor: { $sum: { $toLong: '$lines.amountMinor' } },
      },
    },
  ]);
  const balances = new Map<string, Record<LedgerAccount, AccountTotals>>();
  for (const {
    _id: { currency, account, side },
    amountMinor,
  } of sums) {
    if (!Number.isSafeInteger(amountMinor))
      throw new DomainError(
        'AMOUNT_TOO_LARGE',
        `The ${side} of ${account} in ${currency} is larger than an exact number can be.`,
      );
    const totals = balances.get(currency) ?? (structuredClone(emptyTotals()) as Record<LedgerAccount, AccountTotals>);
    totals[account][side === 'debit' ? 'debitMinor' : 'creditMinor'] = amountMinor;
    balances.set(currency, totals);
  }
  return balances;
}
