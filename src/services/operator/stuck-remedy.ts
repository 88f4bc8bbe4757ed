import type { ClientSession } from 'mongoose';
import type { EntityType } from '../../contracts/entity-types';
import type { EventType } from '../../contracts/events';
import type { WorkflowSignal } from '../../contracts/outbox';
import { startOf, type Process, type ProcessEntity } from '../../contracts/process';
import type { Actor } from '../../domain/actor';
import type { Database } from '../../models/database';
import type { EntityByType } from '../../models/entity-model';
import type { StuckItem } from '../../models/operator/stuck-item';
import { applyStep } from '../apply-step';
import { findEntity } from '../find-entity';

/** What a remedy needs of Temporal. */
export interface WorkflowControl {
  /** Returns what Temporal itself says now. */
  isRunning(workflowId: string): Promise<boolean>;
  /** Ends a run immediately, leaving no handler a say; harmless when none runs. */
  terminate(input: { workflowId: string; reason: string }): Promise<void>;
}

export interface RemedyDependencies {
  database: Database;
  workflows: WorkflowControl;
}

export interface RemedyInput {
  item: StuckItem;
  by: Actor;
  /** The tenant's business time, ISO 8601. */
  at: string;
  session: ClientSession;
}

/** A signal to the process of the entity. */
export type ProcessSignal = Omit<WorkflowSignal, 'workflowId'>;

/** What can be done about a kind of entity whose process does not do what it should. Written within the session. */
export interface StuckRemedy {
  /** Starts the process again; it picks up in the state the entity is in and owns it from then on. */
  restart(input: RemedyInput): Promise<void>;
  /** Ends the entity, undoing what was done. */
  close(input: RemedyInput & { reason: string | null }): Promise<void>;
  /**
   * What restarting means while an outcome is not known: the signal that has the process look it up immediately.
   * @throws DomainError `ILLEGAL_STATE` where no process waits
   */
  lookUp?(input: RemedyInput): Promise<ProcessSignal>;
  /**
   * What closing means while an outcome is not known: a signal to the process that waits for it, or null where there is
   * nothing to signal. Left out where closing only takes the item off the list.
   */
  giveUp?(input: RemedyInput): Promise<ProcessSignal | null>;
}

/** By the kind of entity. One without any is left to whoever has access to the servers. */
export type StuckRemedies = Partial<Record<EntityType, StuckRemedy>>;

/** What every step of a remedy says of itself. */
export const aboutItem = ({ item: { tenantId, entityType, entityId }, by, at }: RemedyInput) => ({
  tenantId,
  entityType,
  entityId,
  by,
  at,
});

/**
 * Returns the entity of an item.
 * @throws DomainError `NOT_FOUND`
 */
export const findStuck = <Type extends EntityType>(
  { database }: Pick<RemedyDependencies, 'database'>,
  entityType: Type,
  { item: { tenantId, entityId }, session }: RemedyInput,
): Promise<EntityByType[Type]> => findEntity<Type>({ database, session, tenantId, entityType, entityId });

export interface RestartProcessInput<Entity extends ProcessEntity> extends RemedyInput {
  database: Database;
  process: Process<Entity>;
  entity: Entity;
  /** Default: the open states. */
  from?: readonly string[];
}

/** Lets go of the entity and orders a new run of its process, which claims it. */
export async function restartProcess<Entity extends ProcessEntity>(input: RestartProcessInput<Entity>): Promise<void> {
  const { database, process, entity, item, session, from = process.openStates } = input;
  await applyStep(
    database,
    {
      ...aboutItem(input),
      step: `restart/${item._id}`,
      from,
      set: { chain: null },
      event: { type: `${process.entityType}.restarted` as EventType },
      starts: [startOf({ process, entity, restart: true })],
    },
    session,
  );
}
