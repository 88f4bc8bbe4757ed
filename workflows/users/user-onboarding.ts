import { CancellationScope, allHandlersFinished, condition, setHandler } from '@temporalio/workflow';
import * as contract from '../../src/contracts/users/onboarding';
import type { UserOnboardingInput } from '../../src/contracts/users/onboarding';
import type { OnboardingState } from '../../src/domain/users/onboarding';
import { alignClock } from '../align-clock';
import { failureType, handleCancel, handleCommands, isCancelled, isNotOurs } from '../process-run';
import { activate } from './activate';
import { beginOnboarding } from './activities';
import { awaitApproval } from './await-approval';
import { awaitProfile } from './await-profile';
import { awaitVerification } from './await-verification';
import { OnboardingRun } from './onboarding-run';
import { undo, type UndoInput } from './undo';

/**
 * Takes a person from an e-mail address to an active user.
 *
 * `completed`, `expired`, `rejected` and `cancelled` are normal endings; every ending except `completed` undoes the
 * finished steps. A run that an operator started continues from the onboarding's present state.
 */
export async function userOnboarding(input: UserOnboardingInput): Promise<OnboardingState> {
  const mainLoop = new CancellationScope();
  const run = new OnboardingRun(input, mainLoop);
  setHandlers(run);

  let ending: 'completed' | UndoInput;
  try {
    ending = await mainLoop.run(() => runOnboarding(run, input));
  } catch (error) {
    if (isNotOurs(error)) throw error;
    ending = isCancelled(error, mainLoop)
      ? { towards: 'cancelled', reason: run.cancel ? null : 'cancelled in Temporal', command: run.cancel }
      : { towards: 'failed', reason: failureType(error), command: null };
  }
  return CancellationScope.nonCancellable(() => finish(run, ending));
}

async function runOnboarding(run: OnboardingRun, input: UserOnboardingInput): Promise<'completed' | UndoInput> {
  await alignClock(input);
  // Even a run that was cancelled before its start must own the onboarding before it may undo the onboarding.
  run.resume(await CancellationScope.nonCancellable(() => beginOnboarding(run.step('begin'))));
  if (run.state === 'compensating') return { towards: run.towards ?? 'failed', reason: null, command: null };

  if (run.state === 'awaiting_verification' && (await awaitVerification(run)) === 'expired')
    return { towards: 'expired', reason: 'the address was not verified within 7 days', command: null };

  if (run.state === 'awaiting_profile') await awaitProfile(run);

  if (run.state === 'awaiting_approval') {
    const decision = await awaitApproval(run);
    if (decision === 'expired')
      return { towards: 'expired', reason: 'no decision was made within 72 hours', command: null };
    if (decision !== 'approved') return { towards: 'rejected', reason: null, command: decision };
  }

  await activate(run);
  return 'completed';
}

async function finish(run: OnboardingRun, ending: 'completed' | UndoInput): Promise<OnboardingState> {
  if (ending !== 'completed') await undo(run, ending);
  run.inbox.refuseTheRest(`The onboarding is ${run.state}`);
  await condition(allHandlersFinished);
  return run.state;
}

/** Must be called before the first await: a message must not find the workflow without a handler. */
function setHandlers(run: OnboardingRun): void {
  setHandler(contract.getState, () => run.status());
  handleCommands(run, [
    contract.verifyEmail,
    contract.resendVerification,
    contract.updateOnboardingEmail,
    contract.submitProfile,
    contract.approveOnboarding,
    contract.rejectOnboarding,
  ]);
  handleCancel(run, contract.cancelOnboarding);
}
