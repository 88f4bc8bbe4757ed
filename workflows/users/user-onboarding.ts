import {
  ApplicationFailure,
  CancellationScope,
  allHandlersFinished,
  condition,
  isCancellation,
  patched,
  setHandler,
} from '@temporalio/workflow';
import type { UpdateDefinition } from '@temporalio/common';
import * as contract from '../../src/contracts/users/onboarding';
import { ENTITY_NOT_OURS, ILLEGAL_STATE, type CommandInput } from '../../src/contracts/commands';
import type { OnboardingOutcome, UserOnboardingInput } from '../../src/contracts/users/onboarding';
import type { OnboardingCommand, OnboardingState } from '../../src/domain/users/onboarding';
import { alignedWithSandbox } from '../align-clock';
import { activate } from './activate';
import { beginOnboarding } from './activities';
import { awaitApproval } from './await-approval';
import { awaitProfile } from './await-profile';
import { awaitVerification } from './await-verification';
import { OnboardingRun } from './run';
import { undo, type UndoInput } from './undo';

const queuedCommands = [
  contract.verifyEmail,
  contract.resendVerification,
  contract.submitProfile,
  contract.approveOnboarding,
  contract.rejectOnboarding,
] as UpdateDefinition<OnboardingOutcome, [CommandInput]>[];

/**
 * Takes a person from an e-mail address to an active user.
 *
 * `completed`, `expired`, `rejected` and `cancelled` are normal endings; every ending but the first undoes what was
 * done. A run started by an operator picks up in the state the onboarding is in.
 */
export async function userOnboarding(input: UserOnboardingInput): Promise<OnboardingState> {
  const run = new OnboardingRun(input);
  const story = new CancellationScope();
  answerMessages(run, story);

  let ending: UndoInput | 'completed';
  try {
    await alignedWithSandbox(input);
    ending = await story.run(() => tell(run));
  } catch (error) {
    if (isNotOurs(error)) throw error;
    // Temporal tries no step again that was told of a cancel: one that is lost then, with its worker, ends as a
    // failure.
    ending =
      isCancellation(error) || (story.consideredCancelled && patched('cancelled-whatever-became-of-the-step'))
        ? { towards: 'cancelled', reason: run.cancel ? null : 'cancelled in Temporal', command: run.cancel }
        : { towards: 'failed', reason: failureType(error), command: null };
  }
  if (ending !== 'completed') {
    const undoing = ending;
    await CancellationScope.nonCancellable(() => undo(run, undoing));
  }
  run.inbox.refuseTheRest(`The onboarding is ${run.state}`);
  await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
  return run.state;
}

async function tell(run: OnboardingRun): Promise<UndoInput | 'completed'> {
  // Even one that was cancelled before it could begin has to own the onboarding before it may undo it.
  run.resume(await CancellationScope.nonCancellable(() => beginOnboarding(run.step('begin'))));
  if (run.state === 'compensating') return { towards: run.towards ?? 'failed', reason: null, command: null };

  if (run.state === 'awaiting_verification' && (await awaitVerification(run)) === 'expired') {
    return { towards: 'expired', reason: 'the address was not verified within 7 days', command: null };
  }
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

/** Set before the first await, so that no message finds the workflow without a handler. */
function answerMessages(run: OnboardingRun, story: CancellationScope): void {
  setHandler(contract.getState, () => run.status());
  for (const definition of queuedCommands) {
    const name = definition.name as OnboardingCommand;
    setHandler(definition, (input: CommandInput) => run.inbox.take({ name, input }), {
      validator: (input: CommandInput) => run.inbox.validate(name, input),
    });
  }
  setHandler(
    contract.cancelOnboarding,
    (input: CommandInput) => {
      run.cancel = { name: 'cancelOnboarding', input };
      story.cancel();
      return run.inbox.settled(run.cancel);
    },
    { validator: (_input: CommandInput) => run.judgeCancel() },
  );
}

function failureType(error: unknown): string {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure && cause.type) return cause.type;
  }
  return 'INTERNAL';
}

/**
 * Another run owns the entity, or somebody changed it by hand: nothing of it may be touched, the reconciler lists it.
 */
function isNotOurs(error: unknown): boolean {
  return [ENTITY_NOT_OURS, ILLEGAL_STATE, 'NOT_FOUND'].includes(failureType(error));
}
