import type { VisibleWorkflows } from '../../contracts/workflow-selection';
import type { Database } from '../../models/database';
import type { ReconcilerProgress } from '../../models/reconciler-state';
import { compareChanges } from './changes';
import { createComparisons } from './compare';
import { compareEntitySlice, compareWorkflowSlice } from './round';
import type { Suspect } from './suspects';

export interface FindSuspectsInput {
  database: Database;
  processes: Pick<VisibleWorkflows, 'list' | 'count'>;
  from: ReconcilerProgress;
  /** Entities, and workflows, of a round that a look may always compare. */
  slice: number;
  /** Entities or workflows compared with one query. */
  batch: number;
}

/**
 * Compares, both ways, open entities in MongoDB with running workflows in Temporal, and each entity with its last
 * event: what changed since the last look, and the next slice of everything that is open. Returns the suspects, each
 * once, and the new progress. No number of suspects ends the search: the first ones may be on the operator's list for
 * long.
 */
export async function findSuspects({
  from,
  slice,
  batch,
  ...input
}: FindSuspectsInput): Promise<{ suspects: Suspect[]; to: ReconcilerProgress }> {
  const begunAt = new Date();
  const comparisons = createComparisons({ ...input, batch });
  const lookedAt = from.lookedAt ?? begunAt;
  const changed = await compareChanges({ ...input, comparisons, lookedAt, batch });
  const entities = await compareEntitySlice({ ...input, comparisons, from: from.entities, slice });
  const workflows = await compareWorkflowSlice({ ...input, comparisons, from: from.workflows, slice });
  const found = [...changed, ...entities.suspects, ...workflows.suspects];
  return {
    suspects: [...new Map(found.map((suspect) => [`${suspect.kind} ${suspect.workflowId}`, suspect])).values()],
    to: { lookedAt: begunAt, entities: entities.to, workflows: workflows.to },
  };
}
