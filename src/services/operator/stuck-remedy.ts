import type { ClientSession } from 'mongoose';
import type { EntityType } from '../../contracts/entity-types';
import type { EventType } from '../../contracts/events';
import type { WorkflowSignal } from '../../contracts/outbox';
import { startOf, type Process, type ProcessEntity } from '../../contracts/process';
import type { Actor } from '../../domain/actor';
import type { Money } from '../../domain/money';
import type { BooksDifference } from '../../domain/operator/books-difference';
import type { Database } from '../../models/database';
import type { EntityByType } from '../../models/entity-model';
import type { StuckItem } from '../../models/operator/stuck-item';
import { applyStep } from '../apply-step';
import { findEntity } from '../find-entity';

/** The control over Temporal that a remedy needs. */
export interface WorkflowControl {
  /** Returns true when Temporal itself reports a running workflow. */
  isRunning(workflowId: string): Promise<boolean>;
  /** Ends a run immediately, without running any of its handlers; does nothing when none runs. */
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

/** The actions on a kind of entity whose process is stuck. Their writes belong to the given session. */
export interface StuckRemedy {
  /** Starts the process again; the new run continues from the entity's state and owns the entity from then on. */
  restart(input: RemedyInput): Promise<void>;
  /** Ends the entity, undoing its earlier steps. */
  close(input: RemedyInput & { reason: string | null }): Promise<void>;
  /**
   * Returns the signal for a restart while an outcome is unknown: the process then looks the outcome up immediately.
   * @throws DomainError `ILLEGAL_STATE` where no process waits
   */
  lookUp?(input: RemedyInput): Promise<ProcessSignal>;
  /**
   * Returns the signal for a close while an outcome is unknown, or null where there is nothing to signal. Left out
   * where closing only takes the item off the list.
   */
  giveUp?(input: RemedyInput): Promise<ProcessSignal | null>;
  /**
   * Orders the refunds of an owed amount again. Returns the amount that stays owed.
   * @throws DomainError `ILLEGAL_STATE` where no payment can refund the amount any more
   */
  refundOwed?(input: RemedyInput): Promise<Money>;
  /** Returns the amounts that differ from the ledger; the entity may have been changed by hand, or be gone. */
  compareWithBooks?(input: Pick<RemedyInput, 'item' | 'session'>): Promise<BooksDifference[]>;
  /** Records that the owed amount was returned by other means. */
  settleOwed?(input: RemedyInput & { reason: string | null }): Promise<void>;
}

/** The remedies by kind of entity. A kind without a remedy is left to those who have access to the servers. */
export type StuckRemedies = Partial<Record<EntityType, StuckRemedy>>;

/** Returns the fields that every step of a remedy shares. */
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
  /** Defaults to the open states. */
  from?: readonly string[];
}

/** Returns the restart of a process whose entity needs nothing else first. */
export const restartOf =
  (database: Database, process: Process): StuckRemedy['restart'] =>
  async (input) => {
    const entity = await findStuck({ database }, process.entityType, input);
    await restartProcess({ ...input, database, process, entity });
  };

/** Releases the entity and requests a new run of its process, which claims the entity. */
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
