import { DomainError } from '../../../src/domain/domain-error';
import type { SubscriptionState } from '../../../src/domain/subscriptions/subscription';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { openSubscriptionWorld, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';
import { waitFor } from '../../../src/testing/wait-for';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Four times the second within which a command must be answered. */
const ANSWERED_WITHIN_MS = 4000;

let world: SubscriptionWorld;
/** Until this promise resolves, the gateway neither authorises nor answers. */
let hold = Promise.resolve();
let release = () => {};
const holdGateway = () => {
  hold = new Promise((resolve) => {
    release = resolve;
  });
};

beforeAll(async () => {
  quietTemporal();
  world = await openSubscriptionWorld({
    wrapGateway: (gateway) => ({
      ...gateway,
      async authorise(input) {
        await hold;
        return gateway.authorise(input);
      },
    }),
  });
});
afterEach(() => release());
afterAll(() => world?.close());

const subscribed = async (input: { startAt?: string; trialDays?: number; paymentMethod?: string } = {}) =>
  world.subscribe({ planId: await world.plan(), ...input });
const active = async () => {
  const id = await subscribed();
  await world.until(id, 'active');
  await world.untilSettled(id);
  return id;
};
/** Returns a subscription whose renewal was declined that many days ago. */
const declined = async (days: number) => {
  const id = await active();
  await world.payWith(id, 'pm_declined');
  const { nextPeriodAt } = await world.read(id);
  await world.advanceTo(id, new Date(nextPeriodAt.getTime() + days * DAY + HOUR));
  return id;
};

const subjects: Record<SubscriptionState | 'charging', () => Promise<string>> = {
  accepted: () => subscribed({ startAt: new Date(Date.now() + 9 * DAY).toISOString() }),
  charging: async () => {
    holdGateway();
    const id = await subscribed();
    await waitFor(async () => (await world.read(id)).charge?.status === 'pending', { what: 'a charge' });
    return id;
  },
  incomplete: () => subscribed({ paymentMethod: 'pm_declined' }),
  incomplete_expired: async () => {
    const id = await subscribed({ paymentMethod: 'pm_declined' });
    await world.until(id, 'incomplete');
    await world.advance(id, DAY);
    return id;
  },
  trialing: () => subscribed({ trialDays: 14 }),
  active,
  past_due: () => declined(0),
  unpaid: () => declined(8),
  paused: async () => {
    const id = await active();
    await world.command(id, 'pauseSubscription', {});
    return id;
  },
  cancelled: async () => {
    const id = await active();
    await world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' });
    return id;
  },
};

it.each(Object.keys(subjects) as (keyof typeof subjects)[])(
  '%s: every command is accepted or refused while the gateway hangs',
  async (state) => {
    const id = await subjects[state]();
    await world.until(id, state === 'charging' ? 'accepted' : state);
    if (state !== 'charging') holdGateway();
    const planId = await world.plan({ name: 'Better', amount: { amountMinor: 3000, currency: 'EUR' } });
    // Commands without an immediate effect come first, so that most commands meet the subscription in this state.
    const commands = [
      ['changePlan', () => world.command(id, 'changePlan', { planId, when: 'period_end' })],
      ['undo', () => world.command(id, 'undoSubscriptionChange', {})],
      ['cancel at the end', () => world.command(id, 'cancelSubscription', { when: 'period_end', refund: 'none' })],
      ['undo again', () => world.command(id, 'undoSubscriptionChange', {})],
      ['changePlan now', () => world.command(id, 'changePlan', { planId, when: 'now' })],
      ['pause', () => world.command(id, 'pauseSubscription', {})],
      ['resume', () => world.command(id, 'resumeSubscription', {})],
      ['payment method', () => world.payWith(id, 'pm_ok')],
      ['cancel now', () => world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' })],
    ] as const;
    const slow: string[] = [];
    for (const [name, send] of commands) {
      const began = performance.now();
      await send().catch((error: unknown) => {
        if (!(error instanceof DomainError) || error.code === 'OUTCOME_PENDING') throw error;
      });
      const ms = Math.round(performance.now() - began);
      if (ms >= ANSWERED_WITHIN_MS) slow.push(`${name}: ${ms} ms`);
    }
    expect(slow).toEqual([]);
    expect((await world.read(id)).state).toBe(state === 'incomplete_expired' ? state : 'cancelled');
  },
);
