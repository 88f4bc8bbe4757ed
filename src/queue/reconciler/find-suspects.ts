import type { Process } from '../../contracts/process';
import type { Database } from '../../models/database';
import { entityModel } from '../../models/entity-model';
import type { Entity } from '../../models/schema-options';
import type { StuckKind } from '../../models/operator/stuck-item';

/** The workflows that run according to Temporal. */
export interface Processes {
  /** Lists every running workflow of a type; may lag by seconds. */
  listRunning(workflowType: string): AsyncIterable<{ workflowId: string }>;
  /** Resolves to true while the workflow runs; exact. */
  isRunning(workflowId: string): Promise<boolean>;
}

const suspectKinds = [
  'workflow_missing',
  'workflow_orphaned',
  'state_mismatch',
] as const satisfies readonly StuckKind[];
export type SuspectKind = (typeof suspectKinds)[number];

/** Returns true when an item on the operator's list is of a kind found here. */
export function isSuspectKind(kind: StuckKind): kind is SuspectKind {
  return (suspectKinds as readonly StuckKind[]).includes(kind);
}

/** A fault seen once, in reads that were not made at one moment. Only a second check decides. */
export interface Suspect {
  kind: SuspectKind;
  entityId: string;
  workflowId: string;
}

export interface FindSuspectsInput {
  database: Database;
  processes: Pick<Processes, 'listRunning'>;
  reconciled: Process;
  /** Entities read at a time. */
  batch: number;
  /** Maximum number of suspects; the next run finds the rest. */
  atMost: number;
}

type Seen = Pick<Entity, '_id' | 'tenantId' | 'state' | 'version' | 'updatedAt'>;
const seenFields = { tenantId: 1, state: 1, version: 1, updatedAt: 1 } as const;

const MISSING_GRACE_MS = 15_000;
const ORPHANED_GRACE_MS = 30_000;

/**
 * Compares, both ways, the open entities in MongoDB with the running workflows in Temporal, and each entity with its
 * last event. The running workflows are listed first: an entity that appears meanwhile is young and is left alone.
 * Entities are streamed; only the ids of the running workflows are held, about 100 bytes each.
 */
export async function findSuspects({
  database,
  processes,
  reconciled,
  batch,
  atMost,
}: FindSuspectsInput): Promise<Suspect[]> {
  const { entityType, workflowType, endedStates, openFilter, expectsProcess } = reconciled;
  const model = entityModel(database.models, entityType);
  const running = new Set<string>();
  for await (const { workflowId } of processes.listRunning(workflowType)) {
    if (reconciled.entityIdOf(workflowId) !== null) running.add(workflowId);
  }
  const suspectOf = (kind: SuspectKind, entity: Seen): Suspect => ({
    kind,
    entityId: entity._id,
    workflowId: reconciled.workflowId(entity),
  });

  const suspects: Suspect[] = [];
  const compare = async (open: Seen[]): Promise<void> => {
    const missing = open.filter(
      (entity) => !running.has(reconciled.workflowId(entity)) && !isYounger(entity.updatedAt, MISSING_GRACE_MS),
    );
    const waiting = await withOpenStart(database, missing);
    const unstarted = missing.filter(({ _id }) => !waiting.has(_id));
    suspects.push(...unstarted.map((entity) => suspectOf('workflow_missing', entity)));
    const mismatched = await withoutItsEvent(database, open);
    suspects.push(...mismatched.map((entity) => suspectOf('state_mismatch', entity)));
    for (const entity of open) running.delete(reconciled.workflowId(entity));
  };
  let open: Seen[] = [];
  for await (const entity of model
    .find({ ...openFilter, ...expectsProcess }, seenFields)
    .lean<Seen[]>()
    .cursor({ batchSize: batch })) {
    open.push(entity);
    if (open.length < batch) continue;
    await compare(open);
    open = [];
    if (suspects.length >= atMost) return suspects.slice(0, atMost);
  }
  await compare(open);

  // The remaining workflows run, and their entities were not among the open ones.
  for (const workflowIds of chunksOf([...running], batch)) {
    const entityIds = new Map(workflowIds.map((workflowId) => [workflowId, reconciled.entityIdOf(workflowId)!]));
    const entities = await model.find({ _id: { $in: [...entityIds.values()] } }, seenFields).lean<Seen[]>();
    const known = new Map(entities.map((entity) => [entity._id, entity]));
    for (const [workflowId, entityId] of entityIds) {
      const entity = known.get(entityId);
      if (entity && (!endedStates.includes(entity.state) || isYounger(entity.updatedAt, ORPHANED_GRACE_MS))) continue;
      suspects.push({ kind: 'workflow_orphaned', entityId, workflowId });
    }
    if (suspects.length >= atMost) break;
  }
  return suspects.slice(0, atMost);
}

/**
 * Business time may be ahead of real time (a sandbox's clock); the age is then unknown, and the entity counts as old.
 */
function isYounger(updatedAt: Date, ms: number): boolean {
  const age = Date.now() - updatedAt.getTime();
  return age >= 0 && age < ms;
}

/** Returns the ids of the entities whose start the relay still has to send. */
async function withOpenStart(database: Database, entities: Seen[]): Promise<Set<string>> {
  if (entities.length === 0) return new Set();
  const rows = await database.models.outbox
    .find({ entityId: { $in: entities.map(({ _id }) => _id) }, open: true, pending: 'temporal' }, { entityId: 1 })
    .lean();
  return new Set(rows.map(({ entityId }) => entityId));
}

/** Returns the entities whose present version has no event, or an event with another state. */
async function withoutItsEvent(database: Database, entities: Seen[]): Promise<Seen[]> {
  if (entities.length === 0) return [];
  const events = await database.models.events
    .find(
      { $or: entities.map(({ tenantId, _id, version }) => ({ tenantId, entityId: _id, version })) },
      { entityId: 1, state: 1 },
    )
    .lean();
  const recorded = new Set(events.map(({ entityId, state }) => `${entityId} ${state}`));
  return entities.filter(({ _id, state }) => !recorded.has(`${_id} ${state}`));
}

function* chunksOf<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
