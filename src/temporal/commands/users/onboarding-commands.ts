import type { OnboardingOutcome } from '../../../contracts/users/onboarding';
import { onboardingProcess } from '../../../contracts/users/process';
import type { Actor } from '../../../domain/actor';
import { DomainError } from '../../../domain/domain-error';
import { hasEnded, type OnboardingCommand } from '../../../domain/users/onboarding';
import type { Onboarding } from '../../../models/users/onboarding';
import { sendCommand, type CommandDependencies } from '../../send-command';

export interface SendOnboardingCommandInput {
  tenantId: string;
  onboardingId: string;
  command: OnboardingCommand;
  /** From the idempotency record, also the update id: a retry receives the same update's outcome. */
  commandId: string;
  by: Actor;
  /** For `verifyEmail`: the generation in the link; the caller has verified the link's signature. */
  generation?: number;
}

/**
 * Sends a command to a running onboarding; see {@link sendCommand}.
 *
 * @throws DomainError as `sendCommand`, and `TOKEN_USED`, `TOKEN_SUPERSEDED`, `TOKEN_EXPIRED`, `RESEND_LIMIT`.
 */
export type SendOnboardingCommand = (input: SendOnboardingCommandInput) => Promise<OnboardingOutcome>;

export function createOnboardingCommands(dependencies: CommandDependencies): SendOnboardingCommand {
  return async ({ tenantId, onboardingId, command, commandId, by, generation }) =>
    sendCommand(dependencies, {
      tenantId,
      process: onboardingProcess,
      entityId: onboardingId,
      update: command,
      input: { commandId, by, ...(generation === undefined ? {} : { generation }) },
      refusalOf: (entity) => refusalOf(entity as Onboarding, command),
    }) as Promise<OnboardingOutcome>;
}

function refusalOf({ state, verification }: Onboarding, command: OnboardingCommand): DomainError | null {
  if (command === 'verifyEmail' && verification.verifiedAt)
    return new DomainError('TOKEN_USED', 'The address has been verified already');
  return hasEnded(state)
    ? new DomainError('ILLEGAL_STATE', `The onboarding is ${state}: it has ended and takes no more commands`)
    : null;
}
