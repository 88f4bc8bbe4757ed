import { balanceOf, ledgerAccounts, type LedgerAccount, type Totals } from '../../domain/payments/ledger';
import { totalsProblems } from '../../domain/payments/ledger-check';
import type { Database } from '../../models/database';
import { ledgerBalance } from '../../services/payments/ledger-balance';
import type { Handlers } from '../handler';

const accounts = Object.keys(ledgerAccounts) as LedgerAccount[];

/** Reads the ledger balance of the caller's tenant. */
export function ledgerHandlers({ database }: { database: Database }): Handlers<'getLedgerBalance'> {
  return {
    async getLedgerBalance({ tenantId }) {
      const balances = [...(await ledgerBalance({ database, tenantId }))].sort(([a], [b]) => (a < b ? -1 : 1));
      const problems = balances.flatMap(([currency, totals]) =>
        totalsProblems({ totals, of: currency }).map(({ detail }) => detail),
      );
      return {
        status: 200,
        body: {
          balanced: problems.length === 0,
          currencies: balances.map(([currency, totals]) => presentTotals(currency, totals)),
          problems,
        },
      };
    },
  };
}

function presentTotals(currency: string, totals: Totals) {
  const sum = (side: 'debitMinor' | 'creditMinor'): number =>
    accounts.reduce((total, account) => total + totals[account][side], 0);
  const standing = (account: LedgerAccount): number => balanceOf(totals, account);
  return {
    currency,
    authorised: standing('authorised'),
    captured: standing('captured'),
    fulfilled: standing('fulfilled'),
    refunded: standing('refunded'),
    held: standing('held'),
    debit: sum('debitMinor'),
    credit: sum('creditMinor'),
  };
}
