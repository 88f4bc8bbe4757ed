import { ILLEGAL_STATE } from '../../src/contracts/commands';
import type { OnboardingUndoing } from '../../src/domain/users/onboarding';
import { refusal } from '../command-inbox';
import {
  finishOnboarding,
  releaseEmail,
  revokeWelcomePackage,
  sendEmail,
  undoOnboarding,
  updateUserStatus,
} from './activities';
import type { OnboardingRun, QueuedOnboardingCommand } from './onboarding-run';

export interface UndoInput {
  towards: OnboardingUndoing;
  /** A code or a fixed phrase; never an error's text. */
  reason: string | null;
  command: QueuedOnboardingCommand | null;
}

/**
 * Undoes the steps in reverse order, each once: entitlement, user, address. An undo has no effect when its step never
 * happened, and is retried until it succeeds.
 */
export async function undo(run: OnboardingRun, input: UndoInput): Promise<void> {
  const { towards, command } = input;
  if (run.state !== 'compensating') await beginUndoing(run, input);
  run.inbox.refuseTheRest(`The onboarding is ${run.state}`);
  if (run.cancel && run.cancel !== command)
    run.cancel.refusal = refusal(ILLEGAL_STATE, `The onboarding is ${run.state}`);
  if (towards === 'rejected')
    await sendEmail({ ...run.step('rejection-mail'), template: 'rejection', event: 'onboarding.rejection_sent' });
  await revokeWelcomePackage(run.step('welcome-package/undo'));
  await updateUserStatus({ ...run.step('cancel-user'), to: 'cancelled' });
  await releaseEmail(run.step('release-address'));
  await finishOnboarding({ ...run.step('finish'), to: towards });
  run.moved(towards);
}

async function beginUndoing(run: OnboardingRun, { towards, reason, command }: UndoInput): Promise<void> {
  const step = command ? run.commandStep(command.input) : run.step('undo');
  const { at } = await undoOnboarding({ ...step, towards, reason });
  run.moved('compensating');
  if (command) command.outcome = { state: 'compensating', at };
}
