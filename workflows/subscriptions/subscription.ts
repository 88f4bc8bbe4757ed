import { CancellationScope, allHandlersFinished, condition, continueAsNew, setHandler } from '@temporalio/workflow';
import { CANCELLED_IN_TEMPORAL } from '../../src/contracts/commands';
import * as contract from '../../src/contracts/subscriptions/subscription';
import type { SubscriptionInput } from '../../src/contracts/subscriptions/subscription';
import type { EndedSubscriptionState } from '../../src/domain/subscriptions/subscription';
import type { ChangeDue } from '../../src/domain/subscriptions/subscription-progress';
import { alignClock } from '../align-clock';
import { handleCommands } from '../process-run';
import {
  announceTrialEnd,
  beginSubscription,
  cancelSubscription,
  expireSubscription,
  resumeSubscription,
  startTrial,
  withdrawPlanChange,
} from './activities';
import { applyCommand, nextCommand } from './apply-command';
import { Charging } from './charging';
import { SubscriptionRun, type DueStep } from './subscription-run';

/**
 * Runs as long as the subscription: waits for the next due step, charges each period in a child workflow, and takes
 * commands at any time, also during a charge. A cancel by Temporal cancels the subscription, without a refund.
 *
 * A run continues from the subscription's recorded progress, so it can continue as new whenever its history is long.
 */
export async function subscription(input: SubscriptionInput): Promise<EndedSubscriptionState> {
  const run = new SubscriptionRun(input);
  setHandlers(run);
  CancellationScope.current().cancelRequested.catch(() => {
    run.interrupted = true;
  });
  return CancellationScope.nonCancellable(() => runSubscription(run, input));
}

async function runSubscription(run: SubscriptionRun, input: SubscriptionInput): Promise<EndedSubscriptionState> {
  await alignClock(input);
  run.learn((await beginSubscription(run.step('begin'))).progress);
  run.inbox.open();

  while (!run.isOver) {
    if (run.isLong && (await run.drained())) await continueAsNew<typeof subscription>(run.carriedOver());
    await run.wait(run.due()?.atMs ?? null);
    run.takeChargeResults();
    const command = await nextCommand(run);
    const due = run.due();
    if (command) await applyCommand(run, command);
    else if (run.cancelIsDue) await cancel(run, CANCELLED_IN_TEMPORAL);
    else if (due && Date.now() >= due.atMs) await runDue(run, due, input);
  }

  run.inbox.refuseTheRest('The subscription has ended and accepts no more commands: create a new one.');
  await condition(allHandlersFinished);
  return run.ending;
}

async function runDue(run: SubscriptionRun, due: DueStep, input: SubscriptionInput): Promise<void> {
  const { charge, nextPeriodAt, resumeAt } = run.progress!;
  const { period } = run.charges;
  const periodStart = charge?.periodStart ?? nextPeriodAt;
  switch (due.what) {
    case 'charge':
      period.current = new Charging({ input, charge: { periodStart, attempt: (charge?.attempt ?? 0) + 1 } });
      return;
    case 'query_payment':
      period.current = new Charging({ input, charge: { periodStart, attempt: charge!.attempt } });
      return;
    case 'charge_change':
    case 'query_change': {
      const { invoiceId, attempt } = due.change;
      run.charges.ofChange(invoiceId).current = new Charging({ input, charge: { invoiceId, attempt } });
      return;
    }
    case 'expire_change':
      return expireChange(run, due.change);
    case 'start_trial':
      return run.move(() => startTrial(run.step('trial')));
    case 'announce_trial_end':
      return run.move(() => announceTrialEnd(run.step('trial-ending')));
    case 'resume':
      return run.move(() => resumeSubscription(run.step(`resume/${resumeAt}`)));
    case 'cancel':
      return cancel(run, 'period_end');
    case 'expire':
      await run.move(() => expireSubscription(run.step('expire')));
      return run.charges.withdraw();
    case 'give_up':
      return cancel(run, 'unpaid');
  }
}

/** Gives the pending change up. Its payment is voided, or refunded when it turns out captured. */
async function expireChange(run: SubscriptionRun, { invoiceId }: ChangeDue): Promise<void> {
  const step = run.step(`expire-change/${invoiceId}`);
  await run.move(() => withdrawPlanChange({ ...step, invoiceId, reason: 'expired' }));
  run.charges.ofChange(invoiceId).withdraw();
}

async function cancel(run: SubscriptionRun, reason: string): Promise<void> {
  await run.move(() => cancelSubscription({ ...run.step(`cancel/${reason}`), when: 'now', refund: 'none', reason }));
  run.charges.withdraw();
}

/** Must be called before the first await: a message must not find the workflow without a handler. */
function setHandlers(run: SubscriptionRun): void {
  setHandler(contract.getState, () => run.status());
  setHandler(contract.paymentReported, () => run.charges.paymentReported());
  handleCommands(run, contract.subscriptionUpdates);
}
