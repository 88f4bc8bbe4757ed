import type { VisibleWorkflows } from '../../contracts/workflow-selection';
import type { Process } from '../../contracts/process';
import type { Database } from '../../models/database';
import { entityModel } from '../../models/entity-model';
import { LONGEST_GRACE_MS, seenFields, type Comparisons, type Seen } from './compare';
import { groupByProcess, reconciledProcesses, reconciledTypes, type Suspect } from './suspects';

/**
 * A change becomes visible to others when its transaction commits, and its time is the writer's: a look reads this
 * much of the time before the last look again. MongoDB aborts a transaction after 60 s, but one of ours takes
 * milliseconds, and machines that keep time differ by less. What is late by more is found by the round over
 * everything.
 */
const LATE_MS = 30_000;
/** A change within its grace period is left to the next looks. */
export const OVERLAP_MS = LONGEST_GRACE_MS + LATE_MS;

/** After a longer pause the round over everything finds what changed, as soon as it would have anyway. */
const ROUND_MS = 600_000;

export interface CompareChangesInput {
  database: Database;
  processes: Pick<VisibleWorkflows, 'list'>;
  comparisons: Comparisons;
  /** The beginning of the last look. */
  lookedAt: Date;
  /** Entities or workflows compared with one query. */
  batch: number;
}

/**
 * Compares the entities that were written, and the workflows that began or ended, since the last look: what this costs
 * follows the changes, never the number of open entities. A workflow of a sandbox whose clock was moved may carry the
 * sandbox's time in visibility; its beginning or end is then found by its entity, or by the round over everything.
 */
export async function compareChanges(input: CompareChangesInput): Promise<Suspect[]> {
  const { processes, comparisons, lookedAt } = input;
  const interval = {
    from: new Date(Math.max(lookedAt.getTime(), Date.now() - ROUND_MS) - OVERLAP_MS),
    until: new Date(Date.now() + LATE_MS),
  };
  const suspects: Suspect[] = [];
  for (const reconciled of reconciledProcesses)
    suspects.push(...(await compareTouched({ ...input, reconciled, since: interval.from })));

  const ofOurs = { workflowTypes: reconciledTypes };
  const closed = await Array.fromAsync(processes.list({ ...ofOurs, status: 'closed', closed: interval }));
  for (const [reconciled, workflowIds] of groupByProcess(closed))
    suspects.push(...(await comparisons.compareClosed(reconciled, workflowIds)));
  const begun = await Array.fromAsync(processes.list({ ...ofOurs, status: 'running', started: interval }));
  for (const [reconciled, workflowIds] of groupByProcess(begun))
    suspects.push(...(await comparisons.compareRunning(reconciled, workflowIds)));
  return suspects;
}

async function compareTouched({
  database,
  comparisons,
  reconciled,
  since,
  batch,
}: CompareChangesInput & { reconciled: Process; since: Date }): Promise<Suspect[]> {
  const suspects: Suspect[] = [];
  const touched = entityModel(database.models, reconciled.entityType)
    .find({ touchedAt: { $gte: since } }, seenFields)
    .lean<Seen[]>()
    .cursor({ batchSize: batch });
  let entities: Seen[] = [];
  for await (const entity of touched) {
    entities.push(entity);
    if (entities.length < batch) continue;
    suspects.push(...(await comparisons.compareEntities(reconciled, entities)));
    entities = [];
  }
  suspects.push(...(await comparisons.compareEntities(reconciled, entities)));
  return suspects;
}
