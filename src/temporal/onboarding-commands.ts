import { ApplicationFailure } from '@temporalio/common';
import { type Client, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import * as contract from '../contracts/onboarding';
import type { CommandOutcome } from '../contracts/onboarding';
import type { Actor } from '../domain/actor';
import { DomainError } from '../domain/domain-error';
import { hasEnded, type OnboardingCommand } from '../domain/onboarding';
import type { Database } from '../models/database';
import type { Onboarding } from '../models/onboarding';
import type { WorkflowStarter } from './workflow-starter';

export interface SendOnboardingCommandInput {
  tenantId: string;
  onboardingId: string;
  command: OnboardingCommand;
  /** The idempotency record's id; the update id, so a retry asks for the same update's outcome. */
  commandId: string;
  by: Actor;
  /** For `verifyEmail`: the generation in the link, whose signature was checked. */
  generation?: number;
}

/**
 * Sends a command to a running onboarding and answers what it did. The same `commandId` is applied once and always answered the same.
 *
 * @throws DomainError `NOT_FOUND`; `ILLEGAL_STATE`, `TOKEN_USED`, `TOKEN_SUPERSEDED`, `TOKEN_EXPIRED`, `RESEND_LIMIT` when it was refused;
 *   `OUTCOME_PENDING` when no answer came in time: it may still be applied, and a repeat with the same id tells.
 */
export type SendOnboardingCommand = (input: SendOnboardingCommandInput) => Promise<CommandOutcome>;

const ANSWER_WITHIN_MS = 2000;

export function createOnboardingCommands({ client, database, starter }: { client: Client; database: Database; starter: WorkflowStarter }): SendOnboardingCommand {
  const { models } = database;

  /** The outcome recorded with the command's event: true for ever, whatever Temporal still knows. */
  const findOutcome = async ({ tenantId, onboardingId, commandId }: SendOnboardingCommandInput): Promise<CommandOutcome | null> => {
    const event = await models.events.findOne({ tenantId, entityId: onboardingId, step: `command/${commandId}` }).lean();
    return event && { state: event.state as CommandOutcome['state'], at: event.at.toISOString() };
  };

  const findOnboarding = async ({ tenantId, onboardingId }: SendOnboardingCommandInput) => {
    const onboarding = await models.onboardings.findOne({ _id: onboardingId, tenantId }).lean();
    if (!onboarding) throw new DomainError('NOT_FOUND', 'There is no such onboarding');
    return onboarding;
  };

  const send = async (input: SendOnboardingCommandInput): Promise<CommandOutcome> => {
    const { onboardingId, command, commandId, by, generation } = input;
    const handle = client.workflow.getHandle(contract.userOnboardingId(onboardingId));
    return client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () =>
      command === 'verifyEmail'
        ? handle.executeUpdate(contract.verifyEmail, { args: [{ commandId, by, generation: generation ?? 0 }], updateId: commandId })
        : handle.executeUpdate(contract[command], { args: [{ commandId, by }], updateId: commandId }),
    );
  };

  return async (input) => {
    const earlier = await findOutcome(input);
    if (earlier) return earlier;
    const onboarding = await findOnboarding(input);
    if (hasEnded(onboarding.state)) throw hasEndedError(onboarding, input.command);
    if (onboarding.state === 'accepted') await startFirst({ database, starter, onboarding });
    try {
      return await send(input);
    } catch (error) {
      if (error instanceof WorkflowUpdateFailedError) throw refusalOf(error);
      if (error instanceof WorkflowNotFoundError) {
        // It ended between the look at MongoDB and the update.
        const outcome = await findOutcome(input);
        if (outcome) return outcome;
        const now = await findOnboarding(input);
        if (hasEnded(now.state)) throw hasEndedError(now, input.command);
      }
      throw new DomainError('OUTCOME_PENDING', 'The process did not answer in time. The command may still be applied: repeat the request with the same Idempotency-Key to learn its outcome', { retryAfterSeconds: 1 });
    }
  };
}

/** A command may overtake the start of its workflow; the start is sent first then. Where that fails the update fails too, and says so. */
async function startFirst({ database, starter, onboarding }: { database: Database; starter: WorkflowStarter; onboarding: Onboarding }): Promise<void> {
  const row = await database.models.outbox.findOne({ entityId: onboarding._id, tenantId: onboarding.tenantId, pending: 'temporal' }).lean();
  if (row) await starter.start(row).catch(() => undefined);
}

function hasEndedError({ state, verification }: Onboarding, command: OnboardingCommand): DomainError {
  return command === 'verifyEmail' && verification.verifiedAt
    ? new DomainError('TOKEN_USED', 'The address has been verified already')
    : new DomainError('ILLEGAL_STATE', `The onboarding is ${state}: it has ended and takes no more commands`);
}

/** What the workflow refused, in the words it used. */
function refusalOf(error: WorkflowUpdateFailedError): DomainError {
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure) || !cause.type) {
    return new DomainError('ILLEGAL_STATE', 'The process ended before the command could be applied');
  }
  const [details] = (cause.details ?? []) as [{ retryAfterMs?: number }?];
  return new DomainError(cause.type, cause.message, details?.retryAfterMs === undefined ? {} : { retryAfterSeconds: Math.ceil(details.retryAfterMs / 1000) });
}
