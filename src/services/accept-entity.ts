import type { ClientSession } from 'mongoose';
import type { EntityType } from '../contracts/entity-types';
import { consumersOf, type EventType } from '../contracts/events';
import type { Process } from '../contracts/process';
import type { Actor } from '../domain/actor';
import { newId } from '../domain/ids';
import type { Database } from '../models/database';
import { entityModel } from '../models/entity-model';
import type { Event } from '../models/event';
import type { OutboxRow } from '../models/outbox-row';
import type { Entity } from '../models/schema-options';
import { insertDocuments } from './insert-documents';
import { newOutboxRow, newStartRow } from './new-outbox-row';

export interface AcceptEntityInput<Accepted extends Entity> {
  database: Database;
  /** The caller's transaction: everything is written, or nothing. */
  session: ClientSession;
  process: Process<NoInfer<Accepted>>;
  /** The entity in the first state of its process, version 1. */
  entity: Accepted;
  event: { type: EventType; data?: Record<string, unknown> };
  by: Actor;
  /** Milliseconds for which the relay leaves the start to the caller. Defaults to none. */
  startDelayMs?: number;
}

export interface AcceptedEntity {
  event: Event;
  /** The start of the entity's process; the caller sends it once the transaction has committed. */
  row: OutboxRow;
}

/** Writes a new entity, its first event and the start of its process. */
export async function acceptEntity<Accepted extends Entity>(
  input: AcceptEntityInput<Accepted>,
): Promise<AcceptedEntity> {
  const { process, entity, startDelayMs: delayMs, ...rest } = input;
  const row = newStartRow({ process, entity, delayMs });
  const [event] = await write({ ...rest, entities: [entity], entityType: process.entityType }, [row]);
  return { event: event!, row };
}

/** Writes a new entity and its first event; a parent workflow starts the process. */
export async function acceptChildEntity<Accepted extends Entity>({
  process: { entityType },
  entity,
  ...input
}: Omit<AcceptEntityInput<Accepted>, 'startDelayMs'>): Promise<Event> {
  const [event] = await write({ ...input, entities: [entity], entityType }, []);
  return event!;
}

export type AcceptIdleEntitiesInput<Accepted extends Entity> = Omit<
  AcceptEntityInput<Accepted>,
  'process' | 'entity' | 'startDelayMs'
> & { entityType: EntityType; entities: readonly Accepted[] };

/** Writes new entities that no process works on yet, each with its first event. */
export async function acceptIdleEntities<Accepted extends Entity>(
  input: AcceptIdleEntitiesInput<Accepted>,
): Promise<void> {
  await write(input, []);
}

async function write<Accepted extends Entity>(
  {
    database: { models },
    session,
    entityType,
    entities,
    event: { type, data = {} },
    by,
  }: AcceptIdleEntitiesInput<Accepted>,
  starts: readonly OutboxRow[],
): Promise<Event[]> {
  const events = entities.map((entity): Event => {
    const { _id: entityId, tenantId, state, version, correlationId, createdAt: at } = entity;
    const about = { tenantId, entityType, entityId, correlationId };
    return { _id: newId('event'), ...about, step: 'accepted', type, state, version, at, by, data };
  });
  const rows = events.map(({ _id: eventId, tenantId, entityId, correlationId }) =>
    newOutboxRow({ tenantId, entityType, entityId, correlationId, eventId, pending: consumersOf(type) }),
  );
  await insertDocuments({ model: entityModel(models, entityType), documents: entities, session });
  await insertDocuments({ model: models.events, documents: events, session });
  await insertDocuments({ model: models.outbox, documents: [...rows, ...starts], session });
  return events;
}
