import { condition } from '@temporalio/workflow';
import { commandOf, type SubscriptionUpdate } from '../../src/contracts/subscriptions/subscription';
import type {
  SubscriptionCommandStep,
  SubscriptionMoved,
} from '../../src/contracts/subscriptions/subscription-activities';
import type { Refusal } from '../../src/domain/refusal';
import { withdrawsPendingChange } from '../../src/domain/subscriptions/subscription';
import { refusal } from '../command-inbox';
import { brokenRuleOf } from '../process-run';
import * as activities from './activities';
import { withdrawPlanChange } from './activities';
import { refuseCommand } from './refuse-command';
import type { QueuedSubscriptionCommand } from './subscription-message';
import type { SubscriptionRun } from './subscription-run';

type Apply = (step: SubscriptionCommandStep<SubscriptionUpdate>) => Promise<SubscriptionMoved>;

/** The activity of each command, which has the same name. */
const applications = {
  changePlan: activities.changePlan,
  pauseSubscription: activities.pauseSubscription,
  resumeSubscription: activities.resumeSubscription,
  cancelSubscription: activities.cancelSubscription,
  undoSubscriptionChange: activities.undoSubscriptionChange,
  updatePaymentMethod: activities.updatePaymentMethod,
} as Record<SubscriptionUpdate, Apply>;

/**
 * Milliseconds until a command that the charge under way makes impossible is refused, should the charge not end
 * earlier. The sender is answered within a second.
 */
const GRACE_MS = 500;

/**
 * Returns the next command to apply; undefined when none is possible now. A command that withdraws a pending change is
 * held until the outcome of the change's payment is known, and later commands wait behind it.
 */
export async function nextCommand(run: SubscriptionRun): Promise<QueuedSubscriptionCommand | undefined> {
  const command: QueuedSubscriptionCommand | undefined = run.held ?? (await run.inbox.next(0));
  const change = run.progress?.pendingChange;
  if (command && change && withdrawsPendingChange(commandOf(command.name, command.input))) {
    run.held = command;
    if (!command.withdrawnInvoiceId) await withdraw(run, command, change.invoiceId);
    if (run.progress?.pendingChange) return undefined;
  }
  run.held = null;
  return command;
}

async function withdraw(run: SubscriptionRun, command: QueuedSubscriptionCommand, invoiceId: string): Promise<void> {
  command.withdrawnInvoiceId = invoiceId;
  const step = run.step(`withdraw-change/${invoiceId}`);
  await run.move(() => withdrawPlanChange({ ...step, invoiceId, reason: 'command' }));
  run.charges.ofChange(invoiceId).withdraw();
}

/** Applies one command and answers its sender. */
export async function applyCommand(run: SubscriptionRun, command: QueuedSubscriptionCommand): Promise<void> {
  const refused = (await refuseAfterCharge(run, command)) ?? (await record(run, command));
  if (refused) {
    command.refusal = refusal(refused.code, refused.detail);
    return;
  }
  const { name, input } = command;
  if (name === 'cancelSubscription' && input.when === 'now') run.charges.withdraw();
  // A payment that is pending by the old method is voided now, and the new method charged.
  if (name === 'updatePaymentMethod') run.charges.queryImmediately();
}

async function refuseAfterCharge(
  run: SubscriptionRun,
  { name, input, withdrawnInvoiceId }: QueuedSubscriptionCommand,
): Promise<Refusal | null> {
  // The activity knows whether the change that this undo withdrew has fallen.
  if (name === 'undoSubscriptionChange' && withdrawnInvoiceId) return null;
  const refused = refuseCommand(run, name, input);
  const { current } = run.charges.period;
  if (!refused || !current) return refused;
  await condition(() => current.settled, GRACE_MS);
  run.takeChargeResults();
  return refuseCommand(run, name, input);
}

/** Records the command's effect. The activity may refuse it by a rule of its own, such as another plan's currency. */
async function record(run: SubscriptionRun, command: QueuedSubscriptionCommand): Promise<Refusal | null> {
  const { commandId, by: _by, ...terms } = command.input;
  const { withdrawnInvoiceId } = command;
  try {
    const { state, at, progress } = await run.inbox.transit(() =>
      applications[command.name]({ ...run.commandStep(command.input), ...terms, withdrawnInvoiceId }),
    );
    run.learn(progress);
    command.outcome = { state, at };
    run.applied.add({ commandId, outcome: command.outcome });
    return null;
  } catch (error) {
    const brokenRule = brokenRuleOf(error);
    if (!brokenRule) throw error;
    return brokenRule;
  }
}
