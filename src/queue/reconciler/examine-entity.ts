import type { VisibleWorkflows } from '../../contracts/workflow-selection';
import type { Process } from '../../contracts/process';
import type { Database } from '../../models/database';
import { entityModel } from '../../models/entity-model';
import type { Entity } from '../../models/schema-options';
import type { SuspectKind } from './suspects';
import { findLastEvent } from '../../services/find-last-event';

/** The exact, present fault of one entity or its workflow; an `unstarted` one can be mended, null means no fault. */
export type Finding = { kind: SuspectKind | 'unstarted'; entity: Entity | null; detail: string } | null;

export interface ExamineEntityInput {
  database: Database;
  processes: Pick<VisibleWorkflows, 'isRunning'>;
  reconciled: Process;
  kind: SuspectKind;
  entityId: string;
  workflowId: string;
}

/** A start that was done twice and still left no workflow is not done a third time. */
const MAX_STARTS_DONE = 1;

/**
 * Examines a suspect a second time, with reads of one moment and Temporal's exact state instead of its lagging list.
 */
export async function examineEntity(input: ExamineEntityInput): Promise<Finding> {
  if (input.kind === 'state_mismatch') return examineState(input);
  const { database, processes, reconciled, entityId, workflowId, kind } = input;
  const isRunning = await processes.isRunning(workflowId);
  // Read after the query to Temporal: a workflow that has ended has ended its entity before.
  const model = entityModel(database.models, reconciled.entityType);
  const open = await model.findOne({ _id: entityId, ...reconciled.openFilter }).lean<Entity>();
  if (kind === 'workflow_orphaned') {
    if (!isRunning || open) return null;
    const entity = await model.findById(entityId).lean<Entity>();
    const found = entity ? `is ${entity.state}` : 'does not exist';
    return { kind, entity, detail: `The process is running, but its ${reconciled.entityType} ${found}` };
  }
  if (isRunning || !open) return null;
  const ofEntity = { tenantId: open.tenantId, entityId };
  const starts = await database.models.outbox.find({ ...ofEntity, start: { $ne: null } }, { open: 1 }).lean();
  if (starts.some((start) => start.open)) return null;
  const detail = `The ${reconciled.entityType} is ${open.state}, but no process is running for it`;
  const isUnstarted = open.state === reconciled.firstState && open.chain === null && starts.length <= MAX_STARTS_DONE;
  return { kind: isUnstarted ? 'unstarted' : 'workflow_missing', entity: open, detail };
}

/** Every change of an entity leaves an event with the new state; a state without an event was set by hand. */
async function examineState({ database, reconciled, entityId }: ExamineEntityInput): Promise<Finding> {
  return database.inTransaction(async (session) => {
    const entity = await entityModel(database.models, reconciled.entityType)
      .findById(entityId)
      .session(session)
      .lean<Entity>();
    if (!entity) return null;
    const { tenantId, state } = entity;
    const last = await findLastEvent({ database, session, tenantId, entityId });
    if (last?.state === state) return null;
    const recorded = last ? `its last event records ${last.state}` : 'no event records it';
    return {
      kind: 'state_mismatch',
      entity,
      detail: `The ${reconciled.entityType} is ${state}, but ${recorded}: it was changed by hand`,
    };
  });
}
