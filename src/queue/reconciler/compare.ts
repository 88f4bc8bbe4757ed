import type { VisibleWorkflows } from '../../contracts/workflow-selection';
import type { Process } from '../../contracts/process';
import type { Database } from '../../models/database';
import { entityModel } from '../../models/entity-model';
import type { Entity } from '../../models/schema-options';
import { withOpenStart, withoutItsEvent } from './recorded';
import { chunksOf, type Suspect, type SuspectKind } from './suspects';

export interface CompareInput {
  database: Database;
  processes: Pick<VisibleWorkflows, 'list' | 'count'>;
  /** Entities or workflows compared with one query. */
  batch: number;
}

export type Seen = Pick<Entity, '_id' | 'tenantId' | 'state' | 'version' | 'touchedAt'>;
export const seenFields = { tenantId: 1, state: 1, version: 1, touchedAt: 1 } as const;

/** A start needs a moment until its workflow is visible. */
const MISSING_GRACE_MS = 15_000;
/** A workflow has its last activities to do after it has ended its entity. */
const ORPHANED_GRACE_MS = 30_000;
/** The time after which every change has been compared for every fault. */
export const LONGEST_GRACE_MS = Math.max(MISSING_GRACE_MS, ORPHANED_GRACE_MS);

/**
 * Comparisons of entities in MongoDB with workflows in Temporal, for the entities or workflows of one process. Where
 * all is well a batch costs a count on each side, and no list.
 */
export function createComparisons({ database, processes, batch }: CompareInput) {
  const modelOf = ({ entityType }: Process) => entityModel(database.models, entityType);

  async function runningAmong(workflowIds: readonly string[], expected: 'all' | 'none'): Promise<Set<string>> {
    if (workflowIds.length === 0) return new Set();
    const selection = { status: 'running', workflowIds } as const;
    const count = await processes.count(selection);
    if (count === (expected === 'all' ? workflowIds.length : 0)) return new Set(expected === 'all' ? workflowIds : []);
    return new Set((await Array.fromAsync(processes.list(selection))).map(({ workflowId }) => workflowId));
  }

  /** Returns the ids of the entities that have ended and whose workflow has something left to do. */
  async function unfinishedAmong({ unfinished, ...reconciled }: Process, ids: readonly string[]): Promise<Set<string>> {
    if (unfinished === null || ids.length === 0) return new Set();
    const found = await modelOf({ unfinished, ...reconciled })
      .find({ _id: { $in: [...ids] }, ...unfinished }, { _id: 1 })
      .lean();
    return new Set(found.map(({ _id }) => _id));
  }

  /** Leaves the suspects whose entity needs a running workflow at any time. */
  async function expecting(reconciled: Process, suspects: Suspect[]): Promise<Suspect[]> {
    const { expectsProcess } = reconciled;
    if (suspects.length === 0 || Object.keys(expectsProcess).length === 0) return suspects;
    const entityIds = suspects.map(({ entityId }) => entityId);
    const found = await modelOf(reconciled)
      .find({ _id: { $in: entityIds }, ...expectsProcess }, { _id: 1 })
      .lean();
    const expected = new Set(found.map(({ _id }) => _id));
    return suspects.filter(({ entityId }) => expected.has(entityId));
  }

  const suspectOf =
    (reconciled: Process, kind: SuspectKind) =>
    (entity: Pick<Seen, '_id' | 'tenantId'>): Suspect => ({
      reconciled,
      kind,
      entityId: entity._id,
      workflowId: reconciled.workflowId(entity),
    });

  /** Finds open entities without a workflow, and those whose state no event records. */
  async function compareOpen(reconciled: Process, entities: readonly Seen[]): Promise<Suspect[]> {
    const suspects: Suspect[] = [];
    for (const open of chunksOf(entities, batch)) {
      const old = open.filter((entity) => !isYounger(entity, MISSING_GRACE_MS));
      const running = await runningAmong(old.map(reconciled.workflowId), 'all');
      const absent = old.filter((entity) => !running.has(reconciled.workflowId(entity)));
      const waiting = await withOpenStart(database, absent);
      const missing = absent.filter(({ _id }) => !waiting.has(_id));
      const mismatched = await withoutItsEvent(database, open);
      const found = [
        ...missing.map(suspectOf(reconciled, 'workflow_missing')),
        ...mismatched.map(suspectOf(reconciled, 'state_mismatch')),
      ];
      suspects.push(...(await expecting(reconciled, found)));
    }
    return suspects;
  }

  /** Finds ended entities whose workflow runs on. */
  async function compareEnded(reconciled: Process, entities: readonly Seen[]): Promise<Suspect[]> {
    const suspects: Suspect[] = [];
    const old = entities.filter((entity) => !isYounger(entity, ORPHANED_GRACE_MS));
    for (const ended of chunksOf(old, batch)) {
      const running = await runningAmong(ended.map(reconciled.workflowId), 'none');
      const orphans = ended.filter((entity) => running.has(reconciled.workflowId(entity)));
      suspects.push(...orphans.map(suspectOf(reconciled, 'workflow_orphaned')));
    }
    return suspects;
  }

  return {
    compareOpen,

    /** Finds every fault of entities in any state. */
    async compareEntities(reconciled: Process, entities: readonly Seen[]): Promise<Suspect[]> {
      const inEndedState = ({ state }: Seen): boolean => reconciled.endedStates.includes(state);
      const ids = entities.filter(inEndedState).map(({ _id }) => _id);
      const unfinished = await unfinishedAmong(reconciled, ids);
      const isEnded = (entity: Seen): boolean => inEndedState(entity) && !unfinished.has(entity._id);
      return [
        ...(await compareOpen(
          reconciled,
          entities.filter((entity) => !isEnded(entity)),
        )),
        ...(await compareEnded(reconciled, entities.filter(isEnded))),
      ];
    },

    /** Finds running workflows whose entity has ended or does not exist. */
    async compareRunning(reconciled: Process, workflowIds: readonly string[]): Promise<Suspect[]> {
      const { endedStates, openStates } = reconciled;
      const suspects: Suspect[] = [];
      for (const chunk of chunksOf(workflowIds, batch)) {
        const entityIds = new Map(chunk.map((workflowId) => [reconciled.entityIdOf(workflowId)!, workflowId]));
        const _id = { $in: [...entityIds.keys()] };
        const open = await modelOf(reconciled).countDocuments({ _id, state: { $in: [...openStates] } });
        if (open === entityIds.size) continue;
        const entities = await modelOf(reconciled).find({ _id }, seenFields).lean<Seen[]>();
        const known = new Map(entities.map((entity) => [entity._id, entity]));
        const unfinished = await unfinishedAmong(reconciled, [...known.keys()]);
        for (const [entityId, workflowId] of entityIds) {
          const entity = known.get(entityId);
          const isWanted = entity && (!endedStates.includes(entity.state) || unfinished.has(entityId));
          if (isWanted || (entity && isYounger(entity, ORPHANED_GRACE_MS))) continue;
          suspects.push({ reconciled, kind: 'workflow_orphaned', entityId, workflowId });
        }
      }
      return suspects;
    },

    /** Finds the open entities among those whose workflow has closed. */
    async compareClosed(reconciled: Process, workflowIds: readonly string[]): Promise<Suspect[]> {
      const suspects: Suspect[] = [];
      for (const chunk of chunksOf(workflowIds, batch)) {
        const _id = { $in: chunk.map((workflowId) => reconciled.entityIdOf(workflowId)!) };
        const open = await modelOf(reconciled)
          .find({ _id, ...reconciled.openFilter }, seenFields)
          .lean<Seen[]>();
        suspects.push(...(await compareOpen(reconciled, open)));
      }
      return suspects;
    },
  };
}

export type Comparisons = ReturnType<typeof createComparisons>;

/** Another machine's clock may be ahead; an entity written before `touchedAt` existed is old. */
function isYounger({ touchedAt }: Seen, ms: number): boolean {
  return touchedAt !== undefined && Math.abs(Date.now() - touchedAt.getTime()) < ms;
}
