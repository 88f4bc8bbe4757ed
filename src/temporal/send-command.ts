import { ApplicationFailure } from '@temporalio/common';
import { type Client, WorkflowUpdateFailedError } from '@temporalio/client';
import { commandStep, ILLEGAL_STATE, type CommandInput, type CommandOutcome } from '../contracts/commands';
import type { Process } from '../contracts/process';
import { DomainError } from '../domain/domain-error';
import type { Database } from '../models/database';
import type { EntityType } from '../contracts/entity-types';
import type { Entity } from '../models/schema-options';
import { findEntity } from '../services/find-entity';
import type { WorkflowStarter } from './workflow-starter';

export interface CommandDependencies {
  client: Client;
  database: Database;
  starter: WorkflowStarter;
}

export interface SendCommandInput {
  tenantId: string;
  process: Process;
  entityId: string;
  /** The update's wire name. */
  update: string;
  /**
   * The update's argument, including its id (also the update id, so a repeat receives the same outcome) and its sender.
   */
  input: CommandInput;
  /** Returns the reason why the entity accepts no more commands; null while it accepts them. */
  refusalOf: (entity: Entity) => DomainError | null;
}

const OUTCOME_WITHIN_MS = 2000;

/**
 * Sends a command to a running workflow and returns its outcome. The same `commandId` is applied once and always
 * returns the same outcome.
 *
 * @throws DomainError `NOT_FOUND`; the workflow's own refusals (`ILLEGAL_STATE`, …); `OUTCOME_PENDING` when the outcome
 *   is not known in time and the entity goes on: the command may still be applied, and a repeat with the same id
 *   returns its outcome.
 */
export async function sendCommand(
  { client, database, starter }: CommandDependencies,
  command: SendCommandInput,
): Promise<CommandOutcome> {
  const { tenantId, process, entityId, update, input } = command;
  const { entityType } = process;

  /**
   * Reads what is known without the workflow. The outcome is stored in the command's event for ever, however long
   * Temporal keeps the workflow. The entity is read first: if this very command changed it, the event is found
   * afterwards, and an outcome is never reported as a refusal.
   */
  const readRecorded = async (): Promise<{
    state: string;
    outcome: CommandOutcome | null;
    refusal: DomainError | null;
  }> => {
    const entity: Entity = await findEntity({ database, tenantId, entityType, entityId });
    const event = await database.models.events
      .findOne({ tenantId, entityId, step: commandStep(input.commandId) })
      .lean();
    return {
      state: entity.state,
      outcome: event && { state: event.state, at: event.at.toISOString() },
      refusal: command.refusalOf(entity),
    };
  };

  const before = await readRecorded();
  if (before.outcome) return before.outcome;
  if (before.refusal) throw before.refusal;
  if (before.state === process.firstState) await startFirst({ database, starter }, { tenantId, entityId });
  try {
    return await client.withDeadline(Date.now() + OUTCOME_WITHIN_MS, () =>
      client.workflow
        .getHandle(process.workflowId({ _id: entityId, tenantId }))
        .executeUpdate<CommandOutcome, [CommandInput]>(update, { args: [input], updateId: input.commandId }),
    );
  } catch (error) {
    // A recorded command was applied, even if the workflow reports that it was cut off. The entity may also have ended
    // meanwhile: the server then keeps trying to deliver the update until the deadline.
    const after = await readRecorded();
    if (after.outcome) return after.outcome;
    const refused = refusalIn({ error, entityType }) ?? after.refusal;
    if (refused) throw refused;
    const detail = isCutOff(error)
      ? 'The command was interrupted. Repeat the request with the same Idempotency-Key to learn its outcome.'
      : 'The outcome is not known yet, and the command may still be applied. ' +
        'Repeat the request with the same Idempotency-Key to learn its outcome.';
    throw new DomainError('OUTCOME_PENDING', detail, { retryAfterSeconds: 1 });
  }
}

/**
 * A command may arrive before its workflow is started; the start is then sent first. If that fails, the update fails
 * too and reports why.
 */
async function startFirst(
  { database, starter }: Pick<CommandDependencies, 'database' | 'starter'>,
  { tenantId, entityId }: { tenantId: string; entityId: string },
): Promise<void> {
  const row = await database.models.outbox.findOne({ entityId, tenantId, pending: 'temporal' }).lean();
  if (row) await starter.start(row).catch(() => undefined);
}

/** The server's error type for an update delivered to a run that ended before it completed the update. */
const CUT_OFF = 'AcceptedUpdateCompletedWorkflow';
const isCutOff = (error: unknown): boolean =>
  error instanceof WorkflowUpdateFailedError &&
  error.cause instanceof ApplicationFailure &&
  error.cause.type === CUT_OFF;

/**
 * Returns the workflow's refusal with its own message; for `ILLEGAL_STATE`, which only names the state, the message
 * also says how to continue. Null when the error is no refusal.
 */
export function refusalIn({ error, entityType }: { error: unknown; entityType: EntityType }): DomainError | null {
  if (!(error instanceof WorkflowUpdateFailedError) || isCutOff(error)) return null;
  const { cause } = error;
  const remedy = `. Read the ${entityType} for its state, then send a new request with a new Idempotency-Key.`;
  if (!(cause instanceof ApplicationFailure) || !cause.type) {
    return new DomainError(ILLEGAL_STATE, `The workflow ended before the command could be applied${remedy}`);
  }
  if (cause.type === ILLEGAL_STATE) return new DomainError(ILLEGAL_STATE, cause.message.replace(/\.$/, '') + remedy);
  const [details] = (cause.details ?? []) as [{ retryAfterMs?: number }?];
  return new DomainError(
    cause.type,
    cause.message,
    details?.retryAfterMs === undefined ? {} : { retryAfterSeconds: Math.ceil(details.retryAfterMs / 1000) },
  );
}
