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
   * What the update is told, its id (also the update id, so a repeat asks for the same outcome) and sender included.
   */
  input: CommandInput;
  /** Why an entity takes no more commands; null while it does. */
  refusalOf: (entity: Entity) => DomainError | null;
}

const ANSWER_WITHIN_MS = 2000;

/**
 * Sends a command to a running process and answers what it did. The same `commandId` is applied once and always
 * answered the same.
 *
 * @throws DomainError `NOT_FOUND`; the process's own refusals (`ILLEGAL_STATE`, …); `OUTCOME_PENDING` when no answer
 *   came in time and the entity goes on: it may still be applied, and a repeat with the same id tells.
 */
export async function sendCommand(
  { client, database, starter }: CommandDependencies,
  command: SendCommandInput,
): Promise<CommandOutcome> {
  const { tenantId, process, entityId, update, input } = command;
  const { entityType } = process;

  /**
   * What is known without the process; the outcome stands with the command's event, true for ever, whatever Temporal
   * still knows. The entity is read first: if it was changed by this very command, its event is found afterwards, and
   * no outcome is taken for a refusal.
   */
  const look = async (): Promise<{ state: string; outcome: CommandOutcome | null; refusal: DomainError | null }> => {
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

  const before = await look();
  if (before.outcome) return before.outcome;
  if (before.refusal) throw before.refusal;
  if (before.state === process.firstState) await startFirst({ database, starter }, { tenantId, entityId });
  try {
    return await client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () =>
      client.workflow
        .getHandle(process.workflowId({ _id: entityId, tenantId }))
        .executeUpdate<CommandOutcome, [CommandInput]>(update, { args: [input], updateId: input.commandId }),
    );
  } catch (error) {
    // What is recorded was applied, even where the process says that it was cut short. And it may have ended meanwhile:
    // the server then goes on trying to deliver an update until the time to answer is over.
    const after = await look();
    if (after.outcome) return after.outcome;
    const refused = refusalIn({ error, entityType }) ?? after.refusal;
    if (refused) throw refused;
    const detail = isCutOff(error)
      ? 'The process was ended while it was at work on the command. Repeat the request with the same Idempotency-Key to learn its outcome'
      : 'The process did not answer in time. The command may still be applied: repeat the request with the same Idempotency-Key to learn its outcome';
    throw new DomainError('OUTCOME_PENDING', detail, { retryAfterSeconds: 1 });
  }
}

/**
 * A command may overtake the start of its workflow; the start is sent first then. Where that fails the update fails
 * too, and says so.
 */
async function startFirst(
  { database, starter }: Pick<CommandDependencies, 'database' | 'starter'>,
  { tenantId, entityId }: { tenantId: string; entityId: string },
): Promise<void> {
  const row = await database.models.outbox.findOne({ entityId, tenantId, pending: 'temporal' }).lean();
  if (row) await starter.start(row).catch(() => undefined);
}

/** The server's own word for an update that it had delivered to a run which then ended without an answer. */
const CUT_OFF = 'AcceptedUpdateCompletedWorkflow';
const isCutOff = (error: unknown): boolean =>
  error instanceof WorkflowUpdateFailedError &&
  error.cause instanceof ApplicationFailure &&
  error.cause.type === CUT_OFF;

/**
 * What the workflow refused, in the words it used; where it only says how things stand, with what to do about it. Null
 * when it said nothing.
 */
export function refusalIn({ error, entityType }: { error: unknown; entityType: EntityType }): DomainError | null {
  if (!(error instanceof WorkflowUpdateFailedError) || isCutOff(error)) return null;
  const { cause } = error;
  const remedy = `: read the ${entityType} for where it stands now, and send what is still wanted with a new Idempotency-Key.`;
  if (!(cause instanceof ApplicationFailure) || !cause.type) {
    return new DomainError(ILLEGAL_STATE, `The process ended before the command could be applied${remedy}`);
  }
  if (cause.type === ILLEGAL_STATE) return new DomainError(ILLEGAL_STATE, cause.message + remedy);
  const [details] = (cause.details ?? []) as [{ retryAfterMs?: number }?];
  return new DomainError(
    cause.type,
    cause.message,
    details?.retryAfterMs === undefined ? {} : { retryAfterSeconds: Math.ceil(details.retryAfterMs / 1000) },
  );
}
