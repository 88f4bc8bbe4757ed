import type { VisibleWorkflows } from '../../contracts/workflow-selection';
import type { Database } from '../../models/database';
import { entityModel } from '../../models/entity-model';
import type { EntityPosition, WorkflowPosition } from '../../models/reconciler-state';
import { seenFields, type Comparisons, type Seen } from './compare';
import { groupByProcess, reconciledProcesses, reconciledTypes, type Suspect } from './suspects';

/** A round of so many looks, one every 30 s, is done within 10 minutes; one look more is left for delays. */
const LOOKS_PER_ROUND = 19;
/**
 * Entities, and workflows, that a look may always compare: with at most so many open every look is a whole round, and
 * up to 20,000 a look costs the same. Beyond that a slice grows, so that a round still ends in time.
 */
export const DEFAULT_SLICE = 1100;

export interface CompareSliceInput<Position> {
  database: Database;
  processes: Pick<VisibleWorkflows, 'list' | 'count'>;
  comparisons: Comparisons;
  /** The place that the round has reached; null begins a round. */
  from: Position | null;
  slice: number;
}

export interface Slice<Position> {
  suspects: Suspect[];
  /** The place from which the next look continues; null when the round is done. */
  to: Position | null;
}

const perLookOf = (all: number, slice: number): number => Math.max(1, slice, Math.ceil(all / LOOKS_PER_ROUND));

/**
 * Compares the next open entities, in the order of their kinds and ids, whatever their state; an entity that appears
 * or changes meanwhile is found by its change. Ended entities whose workflow is unfinished, and those in a state that
 * nobody knows, are few, and are read together after the open ones of their kind.
 */
export async function compareEntitySlice(input: CompareSliceInput<EntityPosition>): Promise<Slice<EntityPosition>> {
  const { database, comparisons, from, slice } = input;
  const perLook = from?.perLook ?? perLookOf(await countOpen(database), slice);
  const suspects: Suspect[] = [];
  let left = perLook;
  const begun = Math.max(
    0,
    reconciledProcesses.findIndex(({ entityType }) => entityType === from?.entityType),
  );
  for (const reconciled of reconciledProcesses.slice(begun)) {
    const { entityType, states, openStates, unfinished } = reconciled;
    const model = entityModel(database.models, entityType);
    const after = from?.entityType === entityType ? { _id: { $gt: from.afterId } } : {};
    const open = await model
      .find({ state: { $in: [...openStates] }, ...after }, seenFields)
      .sort({ _id: 1 })
      .limit(left)
      .lean<Seen[]>();
    suspects.push(...(await comparisons.compareOpen(reconciled, open)));
    left -= open.length;
    if (left === 0) return { suspects, to: { entityType, afterId: open.at(-1)!._id, perLook } };
    const unknown = await model.find({ state: { $nin: [...states] } }, seenFields).lean<Seen[]>();
    const others = unfinished === null ? [] : await model.find(unfinished, seenFields).lean<Seen[]>();
    suspects.push(...(await comparisons.compareOpen(reconciled, [...unknown, ...others])));
  }
  return { suspects, to: null };
}

/** Counts in the index, once a round. */
async function countOpen({ models }: Database): Promise<number> {
  let open = 0;
  for (const { entityType, openStates } of reconciledProcesses)
    open += await entityModel(models, entityType).countDocuments({ state: { $in: [...openStates] } });
  return open;
}

/** Compares the next running workflows; one that begins meanwhile is found by its beginning. */
export async function compareWorkflowSlice(
  input: CompareSliceInput<WorkflowPosition>,
): Promise<Slice<WorkflowPosition>> {
  const { processes, comparisons, from, slice } = input;
  const running = { status: 'running', workflowTypes: reconciledTypes } as const;
  const perLook = from?.perLook ?? perLookOf(await processes.count(running), slice);
  const started = from === null ? {} : { started: { until: from.startedUntil } };
  // The one after the slice is the first of the next look.
  const listed = await Array.fromAsync(processes.list({ ...running, ...started }, perLook + 1));
  const suspects: Suspect[] = [];
  for (const [reconciled, workflowIds] of groupByProcess(listed.slice(0, perLook)))
    suspects.push(...(await comparisons.compareRunning(reconciled, workflowIds)));
  const next = listed[perLook];
  return { suspects, to: next === undefined ? null : { startedUntil: next.startedAt, perLook } };
}
