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
  return { event: await write({ ...rest, entity, entityType: process.entityType }, [row]), row };
}

/** Writes a new entity and its first event; a parent workflow starts the process. */
export async function acceptChildEntity<Accepted extends Entity>({
  process: { entityType },
  ...input
}: Omit<AcceptEntityInput<Accepted>, 'startDelayMs'>): Promise<Event> {
  return write({ ...input, entityType }, []);
}

export type AcceptIdleEntityInput<Accepted extends Entity> = Omit<
  AcceptEntityInput<Accepted>,
  'process' | 'startDelayMs'
> & { entityType: EntityType };

/** Writes a new entity that no process works on yet, and its first event. */
export async function acceptIdleEntity<Accepted extends Entity>(
  input: AcceptIdleEntityInput<Accepted>,
): Promise<Event> {
  return write(input, []);
}

async function write<Accepted extends Entity>(
  {
    database: { models },
    session,
    entityType,
    entity,
    event: { type, data = {} },
    by,
  }: AcceptIdleEntityInput<Accepted>,
  starts: readonly OutboxRow[],
): Promise<Event> {
  const { _id: entityId, tenantId, state, version, correlationId, createdAt: at } = entity;
  const about = { tenantId, entityType, entityId, correlationId };
  const event: Event = { _id: newId('event'), ...about, step: 'accepted', type, state, version, at, by, data };
  const eventRow = newOutboxRow({ ...about, eventId: event._id, pending: consumersOf(type) });
  await insertDocuments({ model: entityModel(models, entityType), documents: [entity], session });
  await insertDocuments({ model: models.events, documents: [event], session });
  await insertDocuments({ model: models.outbox, documents: [eventRow, ...starts], session });
  return event;
}
