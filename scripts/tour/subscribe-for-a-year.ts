import { advance } from './advance.ts';
import { poll } from './poll.ts';
import type { TourContext, TourStage } from './stage.ts';
import { day, everything, showTimeline, type Item } from './timeline.ts';

const SETTLED_WITHIN_MS = 30_000;

/** Takes a subscription from its trial through a declined renewal to the end of its year, by the sandbox's clock. */
export const subscribeForAYear: TourStage = {
  title: 'a subscription taken through a year',
  run: async ({ api, step, show }) => {
    const trial = { name: 'Pro', amount: { amountMinor: 2900, currency: 'EUR' }, interval: 'month', trialDays: 14 };
    const plan = await step('POST /plans: 29 EUR a month, 14 days of trial', () =>
      api.call({ method: 'POST', path: '/plans', body: trial }),
    );
    const customerId = `tour-${Date.now().toString(36)}`;
    const { id } = await step('POST /subscriptions: accepted', () =>
      api.call({
        method: 'POST',
        path: '/subscriptions',
        body: { customerId, planId: plan.id, paymentMethod: 'pm_ok' },
      }),
    );
    const path = `/subscriptions/${String(id)}`;
    const payWith = (paymentMethod: string) => () =>
      api.call({ method: 'POST', path: `${path}/payment-method`, body: { paymentMethod } });
    await step('The trial started', () => waitForState({ api, path, state: 'trialing' }));
    await step('POST /sandbox/clock/advance: 16 days', () => advance(api, 'P16D'));
    await step('The first charge was paid: active', () => waitForState({ api, path, state: 'active' }));
    await step('POST …/payment-method: a card that declines renewals', payWith('pm_decline_on_renewal'));
    await step('POST /sandbox/clock/advance: 30 days', () => advance(api, 'P30D'));
    await step('The renewal was declined and is retried: past due', () =>
      waitForState({ api, path, state: 'past_due' }),
    );
    await step('POST …/payment-method: another card, charged immediately', payWith('pm_ok'));
    await step('Recovered: active', () => waitForState({ api, path, state: 'active' }));
    await step('POST /sandbox/clock/advance: the rest of the year', () => advance(api, 'P320D'));
    const { state, paidUntil } = await api.call({ method: 'GET', path });

    const invoices = await everything(api, `${path}/invoices`);
    const paid = invoices.filter((invoice) => invoice.state === 'paid').length;
    show(
      `The subscription is ${String(state)}, paid until ${day(paidUntil)}: ` +
        `${invoices.length} invoices, ${paid} of them paid.`,
    );
    await showTimeline({ api, show, path });
  },
};

function waitForState({ api, path, state }: { api: TourContext['api']; path: string; state: string }): Promise<Item> {
  const probe = async (): Promise<Item | null> => {
    const subscription = await api.call({ method: 'GET', path });
    if (subscription.state === 'cancelled')
      throw new Error(`the subscription was cancelled: ${String(subscription.reason)}`);
    return subscription.state === state ? subscription : null;
  };
  return poll({ what: `State ${state}`, withinMs: SETTLED_WITHIN_MS, probe });
}
