import type { Model } from 'mongoose';
import type { EventType } from '../../../contracts/events';
import { idAfter } from '../../../domain/values/id-after';
import { paymentStates, settledPaymentStates } from '../../../domain/payments/payment';
import type { Database } from '../../../models/database';
import type { Entity } from '../../../models/schema-options';
import type { GatherScope } from './gatherer';
import { readEvents } from './read-events';
import type { StagePage } from './read-in-stages';

/** What ends an entity: exactly one event of these types. */
const endingEvents = {
  payment: ['payment.captured', 'payment.declined', 'payment.failed', 'payment.cancelled'],
  refund: ['refund.succeeded', 'refund.failed'],
} as const satisfies Record<string, readonly EventType[]>;
export type StandingEntity = keyof typeof endingEvents;

const openStates: Record<StandingEntity, readonly string[]> = {
  payment: paymentStates.filter((state) => !settledPaymentStates.includes(state)),
  refund: ['pending'],
};

/** The order of an index; an entity that changes its open state meanwhile keeps its place. */
const orders: Record<StandingEntity, Record<string, 1>> = { payment: { createdAt: 1, _id: 1 }, refund: { _id: 1 } };

type Scope = Pick<GatherScope, 'database' | 'tenantId' | 'window' | 'asOf'>;

/** Reads those that ended after the window, as far as that was recorded up to `asOf`. */
export async function endedLater({
  scope,
  entityType,
  after,
  limit,
}: {
  scope: Scope;
  entityType: StandingEntity;
  after: string | null;
  limit: number;
}): Promise<StagePage & { ids: string[] }> {
  const ids: string[] = [];
  const page = await readEvents({
    scope,
    types: endingEvents[entityType],
    from: new Date(scope.window.endAt),
    to: LAST_INSTANT,
    after,
    limit,
    take: ({ entityId }) => ids.push(entityId),
  });
  return { ...page, ids };
}

const LAST_INSTANT = new Date(8_640_000_000_000_000);

/**
 * Reads those whose end was not recorded up to `asOf`: they are open, or their end was recorded since. Those that are
 * open are read first, so that one which ends meanwhile is found either way, and perhaps in both.
 */
export async function openOrEndedSince(scope: Scope): Promise<Record<StandingEntity, string[]>> {
  const open = { payment: await findOpen(scope, 'payment'), refund: await findOpen(scope, 'refund') };
  const ended = await findEndedSince(scope);
  return {
    payment: [...new Set([...open.payment, ...ended.payment])],
    refund: [...new Set([...open.refund, ...ended.refund])],
  };
}

async function findOpen({ database, tenantId }: Scope, entityType: StandingEntity): Promise<string[]> {
  const found = await modelOf(database, entityType)
    .find({ tenantId, state: { $in: [...openStates[entityType]] } }, { _id: 1 })
    .sort(orders[entityType])
    .lean<{ _id: string }[]>();
  return found.map(({ _id }) => _id);
}

/** Payments and refunds by the fields that they share. */
export const modelOf = ({ models }: Database, entityType: StandingEntity): Model<Entity> =>
  (entityType === 'payment' ? models.payments : models.refunds) as unknown as Model<Entity>;

const PAGE = 1000;

/** Reads all events that were recorded after `asOf`: none for a report that is made at once. */
async function findEndedSince({ database, tenantId, asOf }: Scope): Promise<Record<StandingEntity, string[]>> {
  const ended: Record<StandingEntity, string[]> = { payment: [], refund: [] };
  let from = idAfter('event', asOf);
  for (;;) {
    const events = await database.models.events
      .find({ tenantId, _id: { $gt: from } }, { type: 1, entityId: 1 })
      .sort({ _id: 1 })
      .limit(PAGE)
      .lean();
    for (const { type, entityId } of events) {
      if (isEnding('payment', type)) ended.payment.push(entityId);
      else if (isEnding('refund', type)) ended.refund.push(entityId);
    }
    const last = events.at(-1);
    if (!last || events.length < PAGE) return ended;
    from = last._id;
  }
}

/** True for an event that ends an entity of this type. */
const isEnding = (entityType: StandingEntity, type: EventType): boolean =>
  (endingEvents[entityType] as readonly EventType[]).includes(type);
