import type { EntityType } from './entity-types';
import type { WorkflowStart } from './outbox';
import type { TaskQueue } from './task-queues';

/** The fields of an entity that every workflow starts with. */
export interface ProcessEntity {
  _id: string;
  tenantId: string;
  correlationId: string;
}
export type EntityRef = Pick<ProcessEntity, '_id' | 'tenantId'>;

/** Plain data: a MongoDB filter on the entities of one kind. */
export type EntityFilter = Readonly<Record<string, unknown>>;

export interface ProcessDefinition<Entity extends ProcessEntity, State extends string> {
  /** Describes the workflow in a sentence or two, for docs/workflows.md. */
  about: string;
  /** The module that defines the workflow's updates, signals and queries; other exports are ignored. */
  contract: Readonly<Record<string, unknown>>;
  entityType: EntityType;
  workflowType: string;
  taskQueue: TaskQueue;
  /** The business key, `<workflowType>/<entityId>`; parts in between are allowed, the entity's id comes last. */
  workflowId(entity: EntityRef): string;
  /** The workflow's input: ids and settings, never personal data. */
  input(entity: Entity): object;
  states: readonly State[];
  /** The states in which the workflow has nothing left to do. */
  endedStates: readonly State[];
  /** The state from acceptance until a run of the workflow claims the entity. */
  firstState: State;
  /** Selects the ended entities whose workflow has something left to do. Defaults to none. */
  unfinished?: EntityFilter;
  /** Selects the open entities that need a running workflow at any time. Defaults to all. */
  expectsProcess?: EntityFilter;
  /**
   * The clock that the workflow follows. Defaults to `tenant`, which moves when a sandbox tenant's clock is advanced.
   */
  clock?: 'tenant' | 'real';
  /** Defaults to true: the reconciler compares the entities with the running workflows and with their events. */
  isReconciled?: boolean;
}

/** Describes how an entity's workflow is started and when it runs. */
export interface Process<Entity extends ProcessEntity = ProcessEntity> {
  readonly about: string;
  readonly contract: Readonly<Record<string, unknown>>;
  readonly entityType: EntityType;
  readonly workflowType: string;
  readonly taskQueue: TaskQueue;
  readonly workflowId: (entity: EntityRef) => string;
  /** Returns the id of the entity that a workflow runs for; null for the id of any other process. */
  readonly entityIdOf: (workflowId: string) => string | null;
  input(entity: Entity): object;
  readonly states: readonly string[];
  readonly endedStates: readonly string[];
  /** All other states, in which the workflow may be running. */
  readonly openStates: readonly string[];
  readonly firstState: string;
  /** Selects the entities whose workflow may be running: in an open state, or ended and unfinished. */
  readonly openFilter: EntityFilter;
  /** Selects the unfinished ones, and perhaps some in an open state; null where an ended one is always finished. */
  readonly unfinished: EntityFilter | null;
  readonly expectsProcess: EntityFilter;
  readonly clock: 'tenant' | 'real';
  readonly isReconciled: boolean;
}

/** Returns the descriptor of a process: its definition with the values that follow from it. */
export function defineProcess<Entity extends ProcessEntity, State extends string>({
  unfinished,
  expectsProcess = {},
  clock = 'tenant',
  isReconciled = true,
  ...definition
}: ProcessDefinition<Entity, State>): Process<Entity> {
  const { workflowType, states, endedStates } = definition;
  const partCount = definition.workflowId({ _id: '', tenantId: '' }).split('/').length;
  const inOpenState = { state: { $nin: [...endedStates] } };
  return {
    ...definition,
    openStates: states.filter((state) => !endedStates.includes(state)),
    openFilter: unfinished ? { $or: [inOpenState, unfinished] } : inOpenState,
    unfinished: unfinished ?? null,
    expectsProcess,
    clock,
    isReconciled,
    entityIdOf(workflowId) {
      const parts = workflowId.split('/');
      return parts[0] === workflowType && parts.length === partCount ? parts.at(-1)! : null;
    },
  };
}

export interface StartOfInput<Entity extends ProcessEntity> {
  process: Process<NoInfer<Entity>>;
  entity: Entity;
  /** True for an operator's restart: the start may follow a closed run of the same id, and ends one that still runs. */
  restart?: boolean;
}

/** Returns the start of an entity's workflow, for the outbox. */
export function startOf<Entity extends ProcessEntity>({
  process,
  entity,
  restart = false,
}: StartOfInput<Entity>): WorkflowStart {
  const { workflowType, taskQueue } = process;
  return {
    workflowType,
    workflowId: process.workflowId(entity),
    taskQueue,
    ...(restart ? { restart } : {}),
    input: { ...process.input(entity) },
  };
}
