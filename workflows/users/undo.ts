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
import type { OnboardingRun, QueuedOnboardingCommand } from './run';

export interface UndoInput {
  towards: OnboardingUndoing;
  /** Why, as a code or a fixed phrase; never an error's text. */
  reason: string | null;
  command: QueuedOnboardingCommand | null;
}

/**
 * Undoes what was done, in the reverse order of doing, each once: entitlement, user, address. Every undo is harmless
 * where its step never happened, and is retried until it succeeds.
 */
export async function undo(run: OnboardingRun, { towards, reason, command }: UndoInput): Promise<OnboardingUndoing> {
  if (run.state !== 'compensating') {
    const { commandId, by } = command?.input ?? {};
    const { at } = await undoOnboarding({
      ...run.step(commandId === undefined ? 'undo' : `command/${commandId}`),
      towards,
      reason,
      ...(commandId !== undefined && by ? { command: { id: commandId, by } } : {}),
    });
    run.moved('compensating');
    if (command) command.outcome = { state: 'compensating', at };
  }
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
  return towards;
}
