import { poll } from './poll.ts';
import type { TourStage } from './stage.ts';

const SETTLED_WITHIN_MS = 60_000;

/** Shows a charge whose answer is lost: the payment is neither charged again nor does it fail. */
export const settleLostPayment: TourStage = {
  title: 'a payment whose answer is lost',
  run: async ({ api, step, show }) => {
    const body = {
      amount: { amountMinor: 1250, currency: 'EUR' },
      paymentMethod: 'pm_timeout_after_charge',
      customerId: `tour-${Date.now().toString(36)}`,
    };
    const { id } = await step('POST /payments: accepted', () => api.call({ method: 'POST', path: '/payments', body }));
    const path = `/payments/${String(id)}`;
    const reach = (what: string, isThere: (state: string) => boolean): Promise<Record<string, unknown>> =>
      poll({
        what,
        withinMs: SETTLED_WITHIN_MS,
        probe: async () => {
          const payment = await api.call({ method: 'GET', path });
          const { state } = payment as { state: string };
          if (['declined', 'failed', 'cancelled'].includes(state)) throw new Error(`the payment ended ${state}`);
          return isThere(state) ? payment : null;
        },
      });

    await step('The gateway charges and never answers: unknown', () =>
      reach('State unknown', (state) => state === 'unknown' || state === 'captured'),
    );
    await step("Settled by the gateway's books: captured", () =>
      reach('State captured', (state) => state === 'captured'),
    );
    show(`The timeline (GET ${path}/events):`);
    const { items } = await api.call({ method: 'GET', path: `${path}/events?limit=50` });
    for (const { at, summary } of items as { at: string; summary: string }[]) show(`  ${at.slice(11, 23)}  ${summary}`);
  },
};
