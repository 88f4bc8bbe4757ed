import { poll } from './poll.ts';
import type { TourStage } from './stage.ts';

interface Books {
  balanced: boolean;
  currencies: {
    currency: string;
    captured: number;
    fulfilled: number;
    refunded: number;
    held: number;
    debit: number;
    credit: number;
  }[];
  problems: string[];
}

const REFUNDED_WITHIN_MS = 30_000;

/** Shows a payment, a partial refund, and the books over all money so far. */
export const showLedger: TourStage = {
  title: 'the ledger',
  run: async ({ api, step, show }) => {
    const body = { amount: { amountMinor: 4999, currency: 'EUR' }, paymentMethod: 'pm_ok', orderRef: 'tour' };
    const { id } = await api.call({ method: 'POST', path: '/payments', body });
    const path = `/payments/${String(id)}`;
    const until = (resource: string, state: string): Promise<Record<string, unknown>> =>
      poll({
        what: `State ${state}`,
        withinMs: REFUNDED_WITHIN_MS,
        probe: async () => {
          const found = await api.call({ method: 'GET', path: resource });
          return found.state === state ? found : null;
        },
      });
    await step('49.99 EUR captured', () => until(path, 'captured'));
    const refund = await api.call({
      method: 'POST',
      path: `${path}/refunds`,
      body: { amount: { amountMinor: 1999, currency: 'EUR' }, reason: 'Damaged' },
    });
    await step('19.99 EUR refunded', () => until(`${path}/refunds/${String(refund.id)}`, 'succeeded'));

    const books = (await step('GET /ledger/balance', () =>
      api.call({ method: 'GET', path: '/ledger/balance' }),
    )) as unknown as Books;
    for (const { currency, captured, fulfilled, refunded, held, debit, credit } of books.currencies) {
      show(
        `${currency}: captured ${captured} = fulfilled ${fulfilled} + refunded ${refunded} + held ${held}; ` +
          `debit ${debit} = credit ${credit} (minor units)`,
      );
    }
    if (!books.balanced) throw new Error(books.problems.join(' '));
    show("Balanced. `npm run ledger:verify` compares the books with the gateway's own, item by item.");
  },
};
