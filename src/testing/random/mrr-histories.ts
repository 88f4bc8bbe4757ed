import * as fc from 'fast-check';
import { kindOfMovement, mrrChangeOf, type MrrBefore } from '../../domain/subscriptions/mrr/movement';
import type { PlanInterval } from '../../domain/subscriptions/plan';
import { subscriptionTransitions, type SubscriptionState } from '../../domain/subscriptions/subscription';
import type { MovementFact } from '../../domain/reports/mrr/movement-fact';
import type { ReportFilters } from '../../domain/reports/report-type';

const DAY = 86_400_000;
/** The first instant of every history. */
export const FIRST = Date.parse('2026-03-01T00:00:00Z');

/** Two plans in each currency, and the subscriptions of three customers. */
const plans: Record<string, readonly { planId: string; amountMinor: number; interval: PlanInterval; count: number }[]> =
  {
    JPY: [
      { planId: 'yen_year', amountMinor: 11_989, interval: 'year', count: 1 },
      { planId: 'yen_day', amountMinor: 7, interval: 'day', count: 3 },
    ],
    KWD: [
      { planId: 'dinar_month', amountMinor: 10_001, interval: 'month', count: 2 },
      { planId: 'dinar_week', amountMinor: 333, interval: 'week', count: 1 },
    ],
  };
export const subscribers = [
  { customer: 'ada', currency: 'JPY' },
  { customer: 'ada', currency: 'JPY' },
  { customer: 'ada', currency: 'KWD' },
  { customer: 'bob', currency: 'KWD' },
  { customer: 'bob', currency: 'KWD' },
  { customer: 'cy', currency: 'JPY' },
];

/** One step of one of the subscriptions: the way it takes, and the plan and quantity that it may change to. */
export interface Step {
  who: number;
  afterMs: number;
  way: number;
  plan: 0 | 1 | null;
  quantity: number;
}

/** Steps in the order of their times, some at the same instant. */
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    who: fc.nat({ max: subscribers.length - 1 }),
    afterMs: fc.integer({ min: 0, max: 2 * DAY }),
    way: fc.nat({ max: 5 }),
    plan: fc.constantFrom(null, null, 0, 1),
    quantity: fc.integer({ min: 1, max: 3 }),
  }),
  { minLength: 20, maxLength: 60 },
);

/** A simple model: what every subscription is worth after each step, worked out with ordinary numbers. */
export interface Snapshot {
  at: number;
  worth: readonly { planId: string; minor: number }[];
}

const perYear: Record<PlanInterval, number> = { day: 365, week: 365 / 7, month: 12, year: 1 };
const worthOf = (plan: (typeof plans)[string][number], quantity: number): number =>
  Math.floor((plan.amountMinor * quantity * perYear[plan.interval]) / plan.count / 12 + 0.5 + 1e-9);

interface Life {
  state: SubscriptionState;
  plan: 0 | 1;
  quantity: number;
  hasPaid: boolean;
}

/** Plays a history: its movements as the product records them, and what the model says after each step. */
export function play(history: readonly Step[]): { facts: MovementFact[]; snapshots: Snapshot[] } {
  const lives: Life[] = subscribers.map(() => ({ state: 'accepted', plan: 0, quantity: 1, hasPaid: false }));
  const recorded = subscribers.map(() => 0);
  const balances = new Map<string, { valueMinor: number; movements: number }>();
  const facts: MovementFact[] = [];
  const snapshots: Snapshot[] = [];
  let at = FIRST;
  for (const { who, afterMs, way, plan, quantity } of history) {
    at += afterMs;
    const [before, { customer, currency }] = [lives[who]!, subscribers[who]!];
    const ways = Object.keys(subscriptionTransitions[before.state]) as SubscriptionState[];
    const state = [before.state, ...ways][way % (ways.length + 1)]!;
    const mayChange = plan !== null && state === 'active' && before.hasPaid;
    const after: Life = {
      state,
      plan: mayChange ? plan : before.plan,
      quantity: mayChange ? quantity : before.quantity,
      hasPaid: before.hasPaid || state === 'active',
    };
    lives[who] = after;

    const change = mrrChangeOf(
      { ...standingOf(before, currency), mrrMinor: recorded[who]! },
      { ...standingOf(after, currency), reason: null },
    );
    if (change) {
      const key = `${customer}/${currency}`;
      const balance = balances.get(key) ?? { valueMinor: 0, movements: 0 };
      const { from: _from, to: _to, wasPaid: _wasPaid, ...amounts } = change;
      facts.push({
        ...amounts,
        subscriptionId: `sub_${who}`,
        customer,
        kind: kindOfMovement(change, balance),
        at: new Date(at),
        recordedAt: new Date(at),
      });
      const valueMinor = balance.valueMinor + change.afterMinor - change.beforeMinor;
      balances.set(key, { valueMinor, movements: balance.movements + 1 });
      recorded[who] = change.afterMinor;
    }
    const worth = lives.map((life, index) => {
      const chosen = plans[subscribers[index]!.currency]![life.plan]!;
      const isCounted = life.hasPaid && ['active', 'past_due'].includes(life.state);
      return { planId: chosen.planId, minor: isCounted ? worthOf(chosen, life.quantity) : 0 };
    });
    snapshots.push({ at, worth });
  }
  return { facts, snapshots };
}

function standingOf({ state, plan, quantity, hasPaid }: Life, currency: string): MrrBefore {
  const { planId, amountMinor, interval, count } = plans[currency]![plan]!;
  const terms = { name: planId, amount: { amountMinor, currency }, interval, intervalCount: count, trialDays: 0 };
  return { state, item: { planId, plan: terms, quantity }, paidUntil: hasPaid ? new Date(FIRST) : null };
}

/** Returns the worth of each subscription just before an instant, by the model; of one plan where it is named. */
export const worthAt = (
  { snapshots }: { snapshots: Snapshot[] },
  at: number,
  { planId, currency }: ReportFilters,
): number[] => {
  const last = snapshots.findLast((one) => one.at < at);
  return subscribers.map((one, index) => {
    const { planId: its = '', minor = 0 } = last?.worth[index] ?? {};
    const isAsked = (planId === undefined || its === planId) && (currency === undefined || one.currency === currency);
    return isAsked ? minor : 0;
  });
};
