import type { ClientSession } from 'mongoose';
import { consumersOf, type EventType } from '../contracts/events';
import type { MailRequest, WorkflowStart } from '../contracts/outbox';
import type { Actor } from '../domain/actor';
import { DomainError } from '../domain/domain-error';
import { newId } from '../domain/ids';
import type { Database } from '../models/database';
import { entityModel, stepTimePaths } from '../models/entity-model';
import type { EntityType } from '../contracts/entity-types';
import type { Event } from '../models/event';
import { insertDocuments } from './insert-documents';
import { newOutboxRow } from './new-outbox-row';

export interface StepEvent {
  type: EventType;
  data?: Record<string, unknown>;
}

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
  event: StepEvent;
  /** Further events of the same change, each under a step's name of its own; they follow the first on the timeline. */
  also?: readonly (StepEvent & { step: string })[];
  mails?: readonly MailRequest[];
  starts?: readonly WorkflowStart[];
  /** Writes of the same step, called with the step's time; runs inside the transaction, perhaps more than once. */
  alongside?: (session: ClientSession, at: Date) => Promise<void>;
}

/** The event of a step and the further ones. */
type StepEvents = [Event, ...Event[]];

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
  /** The data of the further events, in their order. */
  also: Record<string, unknown>[];
}

const resultOf = ([event, ...also]: StepEvents, applied: boolean): StepResult => ({
  applied,
  state: event.state,
  version: event.version,
  at: event.at.toISOString(),
  data: event.data,
  also: also.map(({ data }) => data),
});

/**
 * The guarded transition: the only way in which an entity changes once it is accepted.
 *
 * 1. In one transaction: the entity moves if it is in one of the `from` states and the caller's chain owns it, its
 * version increases, the event is recorded and its rows enter the outbox. All or nothing.
 * 2. A step that was recorded before is refused there, by the entity's state or by the unique index of the events: it
 * returns the result of its event, and nothing is written. So a retried activity changes nothing twice. Nothing is
 * looked up before, because a repeat is rare. Within a caller's transaction the event is looked up first: a refused
 * write would end that transaction.
 *
 * @throws DomainError `ENTITY_NOT_OURS` when another workflow chain owns the entity (the caller is a ghost),
 *   `NOT_FOUND` when there is no such entity, `ILLEGAL_STATE` when it is in no `from` state.
 */
export async function applyStep(database: Database, input: StepInput, within?: ClientSession): Promise<StepResult> {
  if (within)
    return (await findEarlier(database, input, within)) ?? resultOf(await write(database, input, within), true);
  try {
    return resultOf(await database.inTransaction((session) => write(database, input, session)), true);
  } catch (error) {
    const earlier = await findEarlier(database, input);
    if (!earlier) throw error;
    return earlier;
  }
}

/** Returns the result of the step's first application; null for a step that is not recorded. Refuses a ghost. */
async function findEarlier(database: Database, input: StepInput, within?: ClientSession): Promise<StepResult | null> {
  const { tenantId, entityId, step, also = [] } = input;
  const found = await database.models.events
    .find({ tenantId, entityId, step: { $in: [step, ...also.map((one) => one.step)] } })
    .sort({ version: 1 })
    .session(within ?? null)
    .lean();
  // Another step may have recorded one of the further events.
  const earlier = found.find((event) => event.step === step);
  if (!earlier) return null;
  await rejectGhost(database, input, within);
  return resultOf([earlier, ...found.filter((event) => event !== earlier)], false);
}

async function write(database: Database, input: StepInput, session: ClientSession): Promise<StepEvents> {
  const { models } = database;
  const { tenantId, entityType, entityId, chain, from, to, also = [] } = input;
  const firstTimes = firstTimesOf(input);
  const entity = await entityModel(models, entityType)
    .findOneAndUpdate(
      {
        _id: entityId,
        tenantId,
        state: { $in: [...from] },
        ...(chain === undefined ? {} : { chain }),
        // The times of a summary are those of the events, so the step's time must be known beforehand.
        ...(firstTimes ? { updatedAt: { $lte: new Date(input.at) } } : {}),
      },
      {
        $set: { ...input.set, ...(to === undefined ? {} : { state: to }) },
        $max: { updatedAt: new Date(input.at) },
        ...(firstTimes ? { $min: firstTimes } : {}),
        ...(input.push ? { $push: input.push } : {}),
        $inc: { version: 1 + also.length },
      },
      { session, returnDocument: 'after' },
    )
    .lean();
  if (!entity) return writeLater(database, input, session);
  const { updatedAt: at, state, version, correlationId } = entity;

  const about = { tenantId, entityType, entityId, correlationId };
  const newEvent = ({ step, type, data = {} }: StepEvent & { step: string }, index: number): Event => ({
    _id: newId('event'),
    ...about,
    step,
    type,
    state,
    version: version - also.length + index,
    at,
    by: input.by,
    data,
  });
  const event = newEvent({ ...input.event, step: input.step }, 0);
  const further = also.map((one, index) => newEvent(one, index + 1));
  await insertDocuments({ model: models.events, documents: [event, ...further], session });
  await insertDocuments({
    model: models.outbox,
    documents: [
      ...[event, ...further].map(({ _id, type }) =>
        newOutboxRow({ ...about, eventId: _id, pending: consumersOf(type) }),
      ),
      ...(input.mails ?? []).map((mail) => newOutboxRow({ ...about, mail, pending: ['mail'] })),
      ...(input.starts ?? []).map((start) => newOutboxRow({ ...about, start, pending: ['temporal'] })),
    ],
    session,
  });
  await input.alongside?.(session, at);
  return [event, ...further];
}

/** Returns the times that the step adds to its entity's summary, unless they are there; null where it has none. */
function firstTimesOf({ entityType, event, also = [], at }: StepInput): Record<string, Date> | null {
  const paths = stepTimePaths(
    entityType,
    [event, ...also].map(({ type }) => type),
  );
  return paths.length === 0 ? null : Object.fromEntries(paths.map((path) => [path, new Date(at)]));
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

/** Writes the step with the time of the entity's last event, where only that was in its way; otherwise refuses it. */
async function writeLater(database: Database, input: StepInput, session: ClientSession): Promise<StepEvents> {
  const { tenantId, entityType, entityId, from, step } = input;
  const entity = await entityModel(database.models, entityType)
    .findOne({ _id: entityId, tenantId })
    .session(session)
    .lean();
  if (!entity) throw new DomainError('NOT_FOUND', `There is no ${entityType} ${entityId}`);
  await rejectGhost(database, input, session);
  if (from.includes(entity.state) && entity.updatedAt > new Date(input.at))
    return write(database, { ...input, at: entity.updatedAt.toISOString() }, session);
  throw new DomainError(
    'ILLEGAL_STATE',
    `${entityType} ${entityId} is ${entity.state}; ${step} needs it to be ${from.join(' or ')}`,
  );
}
