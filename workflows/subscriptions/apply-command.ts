import { ApplicationFailure, condition } from '@temporalio/workflow';
import { ENTITY_NOT_OURS } from '../../src/contracts/commands';
import type { SubscriptionUpdate } from '../../src/contracts/subscriptions/subscription';
import type {
  SubscriptionCommandStep,
  SubscriptionMoved,
} from '../../src/contracts/subscriptions/subscription-activities';
import { refusal } from '../command-inbox';
import * as activities from './activities';
import type { QueuedSubscriptionCommand, SubscriptionRun } from './run';

type Apply = (step: SubscriptionCommandStep<SubscriptionUpdate>) => Promise<SubscriptionMoved>;
/** Each command's activity has its name. */
const applications = {
  changePlan: activities.changePlan,
  pauseSubscription: activities.pauseSubscription,
  resumeSubscription: activities.resumeSubscription,
  cancelSubscription: activities.cancelSubscription,
  undoSubscriptionChange: activities.undoSubscriptionChange,
  updatePaymentMethod: activities.updatePaymentMethod,
} as Record<SubscriptionUpdate, Apply>;

/**
 * How long a command that is not possible while a charge is under way waits for its end: its sender is answered within
 * a second.
 */
const GRACE_MS = 500;

/**
 * Applies one command and answers its sender. A rule that only the activity can look at (another plan's currency) is a
 * refusal too.
 */
export async function applyCommand(run: SubscriptionRun, command: QueuedSubscriptionCommand): Promise<void> {
  const { name, input } = command;
  const { charging } = run;
  if (charging && run.refusalOf(name, input)) {
    await condition(() => charging.settled, GRACE_MS);
    takeAnswer(run);
  }
  const refused = run.refusalOf(name, input);
  if (refused) {
    command.refusal = refusal(refused.code, refused.detail);
    return;
  }
  const { commandId, by: _by, ...terms } = input;
  try {
    const { state, at, progress } = await run.inbox.transit(() =>
      applications[name]({ ...run.commandStep(input), ...terms }),
    );
    run.learn(progress);
    command.outcome = { state, at };
    run.remember(commandId, command.outcome);
  } catch (error) {
    const rule = brokenRule(error);
    if (!rule) throw error;
    command.refusal = refusal(rule.type!, rule.message);
    return;
  }
  if (name === 'cancelSubscription' && input.when === 'now') run.withdraw();
  // A payment that is pending by the method before is withdrawn now, and the new one charged.
  if (name === 'updatePaymentMethod') run.askAtOnce();
}

/** Hears what a charge that has ended came to. */
export function takeAnswer(run: SubscriptionRun): void {
  const { charging } = run;
  if (!charging?.settled) return;
  if (charging.elsewhere) {
    run.chargedElsewhere();
    return;
  }
  if (charging.progress === null) throw charging.error;
  run.charged(charging.progress);
}

function brokenRule(error: unknown): ApplicationFailure | null {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure)
      return cause.nonRetryable && cause.type && ![ENTITY_NOT_OURS, 'NOT_FOUND'].includes(cause.type) ? cause : null;
  }
  return null;
}
