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

interface FirstEvent {
  type: EventType;
  data?: Record<string, unknown>;
}

export interface AcceptEntityInput<Accepted extends Entity> {
  database: Database;
  /** The caller's transaction: everything is written, or nothing. */
  session: ClientSession;
  process: Process<NoInfer<Accepted>>;
  /** The entity in the first state of its process, version 1. */
  entity: Accepted;
  event: FirstEvent;
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
  const [accepted] = await acceptEntities({ ...input, entities: [input.entity], event: () => input.event });
  return accepted!;
}

export interface AcceptEntitiesInput<Accepted extends Entity> extends Omit<
  AcceptEntityInput<Accepted>,
  'entity' | 'event'
> {
  entities: readonly Accepted[];
  /** Returns the first event of an entity. */
  event: (entity: Accepted) => FirstEvent;
}

/** Does what {@link acceptEntity} does for some entities of one process, with as many commands as for one. */
export async function acceptEntities<Accepted extends Entity>({
  process,
  startDelayMs: delayMs,
  ...input
}: AcceptEntitiesInput<Accepted>): Promise<AcceptedEntity[]> {
  const starts = input.entities.map((entity) => newStartRow({ process, entity, delayMs }));
  const events = await write({ ...input, entityType: process.entityType }, starts);
  return events.map((event, place) => ({ event, row: starts[place]! }));
}

/** Writes a new entity and its first event; a parent workflow starts the process. */
export async function acceptChildEntity<Accepted extends Entity>({
  process: { entityType },
  entity,
  ...input
}: Omit<AcceptEntityInput<Accepted>, 'startDelayMs'>): Promise<Event> {
  const [event] = await write({ ...input, event: () => input.event, entities: [entity], entityType }, []);
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
  await write({ ...input, event: () => input.event }, []);
}

async function write<Accepted extends Entity>(
  {
    database: { models },
    session,
    entityType,
    entities,
    event: firstOf,
    by,
  }: Omit<AcceptEntitiesInput<Accepted>, 'process' | 'startDelayMs'> & { entityType: EntityType },
  starts: readonly OutboxRow[],
): Promise<Event[]> {
  const events = entities.map((entity): Event => {
    const { type, data = {} } = firstOf(entity);
    const { _id: entityId, tenantId, state, version, correlationId, createdAt: at } = entity;
    const about = { tenantId, entityType, entityId, correlationId };
    return { _id: newId('event'), ...about, step: 'accepted', type, state, version, at, by, data };
  });
  const rows = events.map(({ _id: eventId, tenantId, entityId, correlationId, type }) =>
    newOutboxRow({ tenantId, entityType, entityId, correlationId, eventId, pending: consumersOf(type) }),
  );
  await insertDocuments({ model: entityModel(models, entityType), documents: entities, session });
  await insertDocuments({ model: models.events, documents: events, session });
  await insertDocuments({ model: models.outbox, documents: [...rows, ...starts], session });
  return events;
}
