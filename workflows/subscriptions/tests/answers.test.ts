import { randomUUID } from 'node:crypto';
import { DomainError } from '../../../src/domain/domain-error';
import type { SubscriptionState } from '../../../src/domain/subscriptions/subscription';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { openSubscriptionWorld, type SubscriptionWorld } from '../../../src/testing/worlds/subscription-world';
import { waitFor } from '../../../src/testing/wait-for';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** For a machine that stands still for a while; a command that waited for the gateway would wait until the release. */
const ANSWERED_WITHIN_MS = 20_000;

let world: SubscriptionWorld;
/** Until this promise resolves, the gateway neither authorises nor answers. */
let hold = Promise.resolve();
let release = () => {};
/** The references of the payments that have reached the gateway. */
const called = new Set<string>();
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
        called.add(input.reference ?? '');
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

/** Returns true for a subscription with a pending change, once the change's payment is at the gateway. */
const changeHangs = async (id: string): Promise<boolean> => {
  const { pendingChange } = await world.read(id);
  if (!pendingChange) return false;
  const isAtGateway = async () => {
    const invoice = (await world.invoices(id)).find(({ _id }) => _id === pendingChange.invoiceId);
    return invoice?.attempts.some(({ paymentId }) => called.has(paymentId));
  };
  await waitFor(isAtGateway, { what: 'the payment of the change to be at the gateway' });
  return true;
};

it.each(Object.keys(subjects) as (keyof typeof subjects)[])(
  '%s: every command is accepted, refused or pending in time while the gateway hangs',
  async (state) => {
    const id = await subjects[state]();
    await world.until(id, state === 'charging' ? 'accepted' : state);
    if (state !== 'charging') holdGateway();
    const planId = await world.plan({ name: 'Better', amount: { amountMinor: 3000, currency: 'EUR' } });
    const commandId = randomUUID();
    const cancelNow = (attempts?: number) =>
      world.command(id, 'cancelSubscription', { when: 'now', refund: 'none' }, { commandId, attempts });
    const slow: string[] = [];
    const pending: string[] = [];
    const sendAll = async (commands: readonly (readonly [string, () => Promise<unknown>])[]) => {
      for (const [name, send] of commands) {
        const began = performance.now();
        await send().catch((error: unknown) => {
          if (!(error instanceof DomainError)) throw error;
          if (error.code === 'OUTCOME_PENDING') pending.push(name);
        });
        const ms = Math.round(performance.now() - began);
        if (ms >= ANSWERED_WITHIN_MS) slow.push(`${name}: ${ms} ms`);
      }
    };
    // Commands without an immediate effect come first, so that most commands meet the subscription in this state.
    await sendAll([
      ['changePlan', () => world.command(id, 'changePlan', { planId, when: 'period_end' })],
      ['undo', () => world.command(id, 'undoSubscriptionChange', {})],
      ['cancel at the end', () => world.command(id, 'cancelSubscription', { when: 'period_end', refund: 'none' })],
      ['undo again', () => world.command(id, 'undoSubscriptionChange', {})],
      ['changePlan now', () => world.command(id, 'changePlan', { planId, when: 'now' })],
    ]);
    const hangs = await changeHangs(id);
    // The pause withdraws a change that the gateway is paying, so its outcome is the payment's; later ones wait for it.
    const attempts = hangs ? 1 : undefined;
    await sendAll([
      ['pause', () => world.command(id, 'pauseSubscription', {}, { attempts })],
      ['resume', () => world.command(id, 'resumeSubscription', {})],
      ['payment method', () => world.payWith(id, 'pm_ok', { attempts })],
      ['cancel now', () => cancelNow(attempts)],
    ]);
    expect(hangs).toBe(state === 'active');
    expect(pending).toEqual(hangs ? ['pause', 'payment method', 'cancel now'] : []);
    expect(slow).toEqual([]);
    release();
    if (hangs) await cancelNow();
    expect((await world.read(id)).state).toBe(state === 'incomplete_expired' ? state : 'cancelled');
  },
);
