import { DomainError } from '../../domain/domain-error';
import { emptyTotals, type AccountTotals, type LedgerAccount, type Totals } from '../../domain/payments/ledger';
import type { Database } from '../../models/database';

export interface LedgerBalanceInput {
  database: Database;
  tenantId: string;
  /** Of one payment alone. */
  paymentId?: string;
}

/**
 * What stands in the books of a tenant (or of one of its payments), by currency and account, added up by the database.
 * @throws DomainError `AMOUNT_TOO_LARGE` rather than a total that is not exact.
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
      throw new DomainError('AMOUNT_TOO_LARGE', `The ${side} of ${account} in ${currency} is beyond what is exact.`);
    const totals = balances.get(currency) ?? (structuredClone(emptyTotals()) as Record<LedgerAccount, AccountTotals>);
    totals[account][side === 'debit' ? 'debitMinor' : 'creditMinor'] = amountMinor;
    balances.set(currency, totals);
  }
  return balances;
}
