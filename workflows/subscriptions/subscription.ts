import { CancellationScope, allHandlersFinished, condition, continueAsNew, setHandler } from '@temporalio/workflow';
import type { UpdateDefinition } from '@temporalio/common';
import { CANCELLED_IN_TEMPORAL } from '../../src/contracts/commands';
import * as contract from '../../src/contracts/subscriptions/subscription';
import type {
  SubscriptionInput,
  SubscriptionOutcome,
  SubscriptionUpdate,
} from '../../src/contracts/subscriptions/subscription';
import type { SubscriptionState } from '../../src/domain/subscriptions/subscription';
import type { SubscriptionDue } from '../../src/domain/subscriptions/subscription-progress';
import { alignedWithSandbox } from '../align-clock';
import { announceTrialEnd, beginSubscription, cancelSubscription, resumeSubscription, startTrial } from './activities';
import { applyCommand, takeAnswer } from './apply-command';
import { Charging } from './charging';
import { SubscriptionRun, type SubscriptionMessage } from './run';

/**
 * Lives as long as the subscription: waits for what is due, has each period charged by a child, and takes commands at
 * any time, also while a charge is under way. Cancelled by Temporal it cancels the subscription, without a refund.
 *
 * A run picks up where the subscription stands, so it can start afresh whenever its history has grown long.
 */
export async function subscription(input: SubscriptionInput): Promise<SubscriptionState> {
  const run = new SubscriptionRun(input);
  answerMessages(run);
  CancellationScope.current().cancelRequested.catch(() => {
    run.interrupted = true;
  });
  return CancellationScope.nonCancellable(() => tell(run, input));
}

async function tell(run: SubscriptionRun, input: SubscriptionInput): Promise<SubscriptionState> {
  await alignedWithSandbox(input);
  run.learn((await beginSubscription(run.step('begin'))).progress);
  run.inbox.open();
  while (!run.isOver) {
    if (run.isLong && (await run.drained())) await continueAsNew<typeof subscription>(run.carriedOver());
    const due = run.due();
    await run.wait(due && due.atMs);
    takeAnswer(run);
    const command = await run.inbox.next(0);
    if (command) await applyCommand(run, command);
    else if (run.cancelIsDue) await cancel(run, CANCELLED_IN_TEMPORAL);
    else if (due && !run.charging && Date.now() >= due.atMs) await actOn(run, due.what, input);
  }
  run.inbox.refuseTheRest('The subscription is cancelled and takes no more commands: make a new one.');
  await condition(allHandlersFinished);
  return 'cancelled';
}

async function actOn(run: SubscriptionRun, what: SubscriptionDue['what'], input: SubscriptionInput): Promise<void> {
  const { charge, nextPeriodAt } = run.progress!;
  const occurrence = charge?.periodStart ?? nextPeriodAt;
  switch (what) {
    case 'charge':
    case 'ask':
      run.charging = new Charging({
        input,
        periodStart: occurrence,
        attempt: what === 'ask' ? charge!.attempt : (charge?.attempt ?? 0) + 1,
      });
      return;
    case 'start_trial':
      return run.move(() => startTrial(run.step('trial')));
    case 'announce_trial_end':
      return run.move(() => announceTrialEnd(run.step('trial-ending')));
    case 'resume':
      return run.move(() => resumeSubscription(run.step(`resume/${run.progress!.resumeAt}`)));
    case 'cancel':
      return cancel(run, 'period_end');
    case 'give_up':
      return cancel(run, 'unpaid');
  }
}

async function cancel(run: SubscriptionRun, reason: string): Promise<void> {
  await run.move(() => cancelSubscription({ ...run.step(`cancel/${reason}`), when: 'now', refund: 'none', reason }));
  run.withdraw();
}

/** Set before the first await, so that no message finds the workflow without a handler. */
function answerMessages(run: SubscriptionRun): void {
  setHandler(contract.getState, () => run.status());
  setHandler(contract.paymentReported, () => run.paymentReported());
  for (const definition of contract.subscriptionUpdates as readonly unknown[] as UpdateDefinition<
    SubscriptionOutcome,
    [SubscriptionMessage]
  >[]) {
    const name = definition.name as SubscriptionUpdate;
    setHandler(definition, (input: SubscriptionMessage) => run.take(name, input), {
      validator: (input: SubscriptionMessage) => run.validate(name, input),
    });
  }
}
