import type { ClientSession } from 'mongoose';
import { consumersOf, type EventType } from '../contracts/events';
import type { MailRequest, WorkflowStart } from '../contracts/outbox';
import type { Actor } from '../domain/actor';
import { DomainError } from '../domain/domain-error';
import { newId } from '../domain/ids';
import type { Database } from '../models/database';
import { entityModel } from '../models/entity-model';
import type { EntityType } from '../contracts/entity-types';
import type { Event } from '../models/event';
import { insertDocuments } from './insert-documents';
import { newOutboxRow } from './new-outbox-row';

export interface StepInput {
  tenantId: string;
  entityType: EntityType;
  entityId: string;
  /** The step's name with its occurrence (`remind/2`), unique per entity for ever. */
  step: string;
  /** The states that the step may start from; any other is `ILLEGAL_STATE`. */
  from: readonly string[];
  /** The state after the step; left out where the state stays. */
  to?: string;
  /** First run id of the calling workflow chain; left out when the api acts on an entity that has ended. */
  chain?: string;
  /** Further changes of the entity. */
  set?: Record<string, unknown>;
  push?: Record<string, unknown>;
  /**
   * Business time, ISO 8601. An entity's time never goes back: where a later event was recorded meanwhile, by a caller
   * whose clock is ahead or whose transaction was faster, the step gets that later time.
   */
  at: string;
  by: Actor;
  event: { type: EventType; data?: Record<string, unknown> };
  mails?: readonly MailRequest[];
  starts?: readonly WorkflowStart[];
  /** Writes of the same step, called with the step's time; runs inside the transaction, perhaps more than once. */
  alongside?: (session: ClientSession, at: Date) => Promise<void>;
}

export interface StepResult {
  /**
   * False when the step had been applied before: nothing was written, and the other fields describe the first
   * application.
   */
  applied: boolean;
  state: string;
  version: number;
  /** Business time of the first application, ISO 8601: never before the entity's event before it. */
  at: string;
  data: Record<string, unknown>;
}

const resultOf = (event: Event, applied: boolean): StepResult => ({
  applied,
  state: event.state,
  version: event.version,
  at: event.at.toISOString(),
  data: event.data,
});

/**
 * The guarded transition: the only way in which an entity changes once it is accepted.
 *
 * 1. A step recorded before returns the result of its event; nothing is written. So a retried activity changes nothing
 * twice.
 * 2. Otherwise, in one transaction: the entity moves if it is in one of the `from` states and the caller's chain owns
 * it, its version increases, the event is recorded and its rows enter the outbox. All or nothing.
 *
 * @throws DomainError `ENTITY_NOT_OURS` when another workflow chain owns the entity (the caller is a ghost),
 *   `NOT_FOUND` when there is no such entity, `ILLEGAL_STATE` when it is in no `from` state.
 */
export async function applyStep(database: Database, input: StepInput, within?: ClientSession): Promise<StepResult> {
  const { tenantId, entityId, step } = input;
  const earlier = await database.models.events
    .findOne({ tenantId, entityId, step })
    .session(within ?? null)
    .lean();
  if (earlier) {
    await rejectGhost(database, input, within);
    return resultOf(earlier, false);
  }
  if (within) return resultOf(await write(database, input, within), true);
  try {
    return resultOf(await database.inTransaction((session) => write(database, input, session)), true);
  } catch (error) {
    // A concurrent call may have committed the same step in between; then its result is the result.
    const twin = await database.models.events.findOne({ tenantId, entityId, step }).lean();
    if (!twin) throw error;
    return resultOf(twin, false);
  }
}

async function write(database: Database, input: StepInput, session: ClientSession): Promise<Event> {
  const { models } = database;
  const { tenantId, entityType, entityId, chain, from, to } = input;
  const entity = await entityModel(models, entityType)
    .findOneAndUpdate(
      { _id: entityId, tenantId, state: { $in: [...from] }, ...(chain === undefined ? {} : { chain }) },
      {
        $set: { ...input.set, ...(to === undefined ? {} : { state: to }) },
        $max: { updatedAt: new Date(input.at) },
        ...(input.push ? { $push: input.push } : {}),
        $inc: { version: 1 },
      },
      { session, returnDocument: 'after' },
    )
    .lean();
  if (!entity) return explainRefusal(database, input, session);
  const { updatedAt: at } = entity;

  const event: Event = {
    _id: newId('event'),
    tenantId,
    entityType,
    entityId,
    step: input.step,
    type: input.event.type,
    state: entity.state,
    version: entity.version,
    at,
    by: input.by,
    data: input.event.data ?? {},
    correlationId: entity.correlationId,
  };
  const about = { tenantId, entityType, entityId, correlationId: entity.correlationId };
  await insertDocuments({ model: models.events, documents: [event], session });
  await insertDocuments({
    model: models.outbox,
    documents: [
      newOutboxRow({ ...about, eventId: event._id, pending: consumersOf(event.type) }),
      ...(input.mails ?? []).map((mail) => newOutboxRow({ ...about, mail, pending: ['mail'] })),
      ...(input.starts ?? []).map((start) => newOutboxRow({ ...about, start, pending: ['temporal'] })),
    ],
    session,
  });
  await input.alongside?.(session, at);
  return event;
}

async function rejectGhost(
  database: Database,
  { tenantId, entityType, entityId, chain }: StepInput,
  session?: ClientSession,
): Promise<void> {
  if (chain === undefined) return;
  const entity = await entityModel(database.models, entityType)
    .findOne({ _id: entityId, tenantId }, { chain: 1 })
    .session(session ?? null)
    .lean();
  if (entity && entity.chain !== chain) {
    throw new DomainError('ENTITY_NOT_OURS', `${entityType} ${entityId} is owned by another run of its workflow`);
  }
}

async function explainRefusal(database: Database, input: StepInput, session: ClientSession): Promise<never> {
  const { tenantId, entityType, entityId, from, step } = input;
  const entity = await entityModel(database.models, entityType)
    .findOne({ _id: entityId, tenantId })
    .session(session)
    .lean();
  if (!entity) throw new DomainError('NOT_FOUND', `There is no ${entityType} ${entityId}`);
  await rejectGhost(database, input, session);
  throw new DomainError(
    'ILLEGAL_STATE',
    `${entityType} ${entityId} is ${entity.state}; ${step} needs it to be ${from.join(' or ')}`,
  );
}
