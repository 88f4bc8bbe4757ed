import type { PlanTerms } from '../plan';
import type { SubscriptionState } from '../subscription';
import { kindOfMovement, mrrChangeOf, type MovementKind, type MrrBefore, type MrrChange } from './movement';

/** The parts of a subscription's event that its movements follow from. */
export interface SubscriptionEvent {
  type: string;
  state: string;
  version: number;
  at: Date;
  data: Readonly<Record<string, unknown>>;
}

/** A change of the monthly value, with the version and the time of its event. */
export interface RebuiltChange extends MrrChange {
  version: number;
  at: Date;
}

/** The events whose data name the plan that the subscription has from then on. */
const takesPlan: readonly string[] = [
  'subscription.accepted',
  'subscription.plan_changed',
  'subscription.activated',
  'subscription.renewed',
  'subscription.recovered',
  'subscription.resumed',
];

/**
 * Returns the changes of a subscription's monthly value by its events alone, in their order. Plans never change, so the
 * terms of each are those of then.
 */
export function rebuildChanges(
  events: readonly SubscriptionEvent[],
  plans: ReadonlyMap<string, PlanTerms>,
): RebuiltChange[] {
  const changes: RebuiltChange[] = [];
  let before = null as MrrBefore | null;
  for (const event of events) {
    const item: MrrBefore['item'] | null = itemAfter(event, plans) ?? before?.item ?? null;
    if (item === null) continue;
    const state = event.state as SubscriptionState;
    // A subscription becomes active by a payment, or goes on in time that was paid for.
    const paidUntil: Date | null = before?.paidUntil ?? (state === 'active' ? event.at : null);
    const change: MrrChange | null = before && mrrChangeOf(before, { state, item, paidUntil, reason: reasonOf(event) });
    if (change) changes.push({ ...change, version: event.version, at: event.at });
    before = { state, item, paidUntil, mrrMinor: change ? change.afterMinor : (before?.mrrMinor ?? 0) };
  }
  return changes;
}

function itemAfter(
  { type, data: { planId, quantity } }: SubscriptionEvent,
  plans: ReadonlyMap<string, PlanTerms>,
): MrrBefore['item'] | null {
  if (!takesPlan.includes(type) || typeof planId !== 'string' || typeof quantity !== 'number') return null;
  const plan = plans.get(planId);
  return plan ? { planId, plan, quantity } : null;
}

/** An operator's reason is a text of the operator's own. */
const reasonOf = ({ type, data: { reason } }: SubscriptionEvent): string | null =>
  type === 'subscription.closed' ? 'closed_by_operator' : typeof reason === 'string' ? reason : null;

/** A movement as it was recorded. Amounts are in minor units of the currency. */
export interface RecordedMovement {
  _id: string;
  kind: MovementKind;
  currency: string;
  planIdBefore: string;
  planId: string;
  /** The subscription's value before and after; the delta is their difference. */
  beforeMinor: number;
  afterMinor: number;
  deltaMinor: number;
  /** What the customer pays in the currency after the movement, and the movement's number among the customer's. */
  customerMinor: number;
  customerMovement: number;
  /** A code; null for most kinds. */
  reason: string | null;
  /** Business time. */
  at: Date;
}

/** Returns the id of the movement that a subscription's version brought. */
export const movementId = (subscriptionId: string, version: number): string =>
  // Padded, so that the ids of a subscription's movements are in its order.
  `${subscriptionId}/${String(version).padStart(6, '0')}`;

/** Returns the differences between a subscription's movements and its events, a sentence each. */
export function movementDifferences({
  subscriptionId,
  changes,
  movements,
}: {
  subscriptionId: string;
  changes: readonly RebuiltChange[];
  movements: readonly RecordedMovement[];
}): string[] {
  const recorded = new Map(movements.map((movement) => [movement._id, movement]));
  const differences: string[] = [];
  for (const change of changes) {
    const id = movementId(subscriptionId, change.version);
    const movement = recorded.get(id);
    recorded.delete(id);
    const expected = describe(change);
    if (!movement) differences.push(`${id} is missing: the events say ${expected}`);
    else if (describe(movement) !== expected)
      differences.push(`${id} says ${describe(movement)}, the events say ${expected}`);
    else if (movement.deltaMinor !== change.afterMinor - change.beforeMinor)
      differences.push(`${id} says a change by ${movement.deltaMinor}, its values differ by another amount`);
    else {
      const { customerMinor, customerMovement, deltaMinor } = movement;
      const customer = { valueMinor: customerMinor - deltaMinor, movements: customerMovement - 1 };
      const kind = kindOfMovement(change, customer);
      if (movement.kind !== kind) differences.push(`${id} is ${movement.kind}, the events say ${kind}`);
    }
  }
  for (const [id, movement] of recorded) differences.push(`${id} says ${describe(movement)}, the events say nothing`);
  return differences;
}

type Described = Pick<
  RecordedMovement,
  'currency' | 'planIdBefore' | 'planId' | 'beforeMinor' | 'afterMinor' | 'reason' | 'at'
>;

const describe = ({ currency, planIdBefore, planId, beforeMinor, afterMinor, reason, at }: Described): string =>
  `${beforeMinor} (${planIdBefore}) to ${afterMinor} (${planId}) ${currency} at ${at.toISOString()}` +
  (reason === null ? '' : ` for ${reason}`);

/**
 * Returns the differences in the movements of a customer in a currency, in their order: each is numbered and says what
 * the customer pays afterwards, and the balance is the sum.
 */
export function balanceDifferences(
  balanceId: string,
  movements: readonly Pick<RecordedMovement, '_id' | 'deltaMinor' | 'customerMinor' | 'customerMovement'>[],
  balance: { valueMinor: number; movements: number } | null,
): string[] {
  const differences: string[] = [];
  let valueMinor = 0;
  for (const [index, { _id, deltaMinor, customerMinor, customerMovement }] of movements.entries()) {
    valueMinor += deltaMinor;
    if (customerMovement !== index + 1 || customerMinor !== valueMinor)
      differences.push(
        `${_id} is movement ${customerMovement} of ${balanceId} with ${customerMinor}, ` +
          `its movements say ${index + 1} with ${valueMinor}`,
      );
  }
  if (balance?.valueMinor !== valueMinor || balance.movements !== movements.length)
    differences.push(
      `${balanceId} is ${balance?.valueMinor ?? 'missing'} after ${balance?.movements ?? 0} movements, ` +
        `the sum of ${movements.length} is ${valueMinor}`,
    );
  return differences;
}
