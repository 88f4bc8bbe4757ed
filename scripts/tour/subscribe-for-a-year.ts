import { poll } from './poll.ts';
import type { TourContext, TourStage } from './stage.ts';

const SETTLED_WITHIN_MS = 30_000;
const ADVANCED_WITHIN_MS = 60_000;
const FIRST_SHOWN = 10;
const LAST_SHOWN = 3;

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
    const timeline = await everything(api, `${path}/events`);
    show(`The timeline (GET ${path}/events) has ${timeline.length} lines; the first and the last:`);
    const gap = timeline.length > FIRST_SHOWN + LAST_SHOWN;
    for (const event of gap ? timeline.slice(0, FIRST_SHOWN) : timeline) show(`  ${line(event)}`);
    if (gap) show('  …');
    for (const event of gap ? timeline.slice(-LAST_SHOWN) : []) show(`  ${line(event)}`);
  },
};

type Item = Record<string, unknown>;

const day = (instant: unknown): string => String(instant).slice(0, 10);
const line = ({ at, summary }: Item): string => `${day(at)}  ${String(summary)}`;

/** Advances the sandbox's clock, and waits until every process has reached the time. */
async function advance(api: TourContext['api'], by: string): Promise<void> {
  const { id } = await api.call({ method: 'POST', path: '/sandbox/clock/advance', body: { by } });
  const path = `/operations/${String(id)}`;
  const probe = async (): Promise<Item | null> => {
    const operation = await api.call({ method: 'GET', path });
    if (operation.state === 'failed')
      throw new Error(`the clock could not be advanced: ${JSON.stringify(operation.failure)}`);
    return operation.state === 'completed' ? operation : null;
  };
  await poll({ what: `The end of ${path}`, withinMs: ADVANCED_WITHIN_MS, probe });
}

function waitForState({ api, path, state }: { api: TourContext['api']; path: string; state: string }): Promise<Item> {
  const probe = async (): Promise<Item | null> => {
    const subscription = await api.call({ method: 'GET', path });
    if (subscription.state === 'cancelled')
      throw new Error(`the subscription was cancelled: ${String(subscription.reason)}`);
    return subscription.state === state ? subscription : null;
  };
  return poll({ what: `State ${state}`, withinMs: SETTLED_WITHIN_MS, probe });
}

/** Returns every item of a list, page by page. */
async function everything(api: TourContext['api'], path: string): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = (await api.call({
      method: 'GET',
      path: `${path}?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    })) as { items: Item[]; next: string | null };
    items.push(...page.items);
    cursor = page.next;
  }
  return items;
}
