import {
  ApplicationFailure,
  CancellationScope,
  allHandlersFinished,
  condition,
  continueAsNew,
  isCancellation,
  patched,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { UpdateDefinition } from '@temporalio/common';
import * as contract from '../../src/contracts/payments/payment';
import { CANCELLED_IN_TEMPORAL, ENTITY_NOT_OURS, ILLEGAL_STATE, type CommandInput } from '../../src/contracts/commands';
import type {
  PaymentOutcome,
  PaymentUndoing,
  ProcessPaymentInput,
  ProcessPaymentResult,
  RunningPaymentCommand,
} from '../../src/contracts/payments/payment';
import { isPaymentAtRest, settledPaymentStates } from '../../src/domain/payments/payment';
import { releasePayment, sendWebhookNotification, validatePayment } from './activities';
import { askGateway, awaitAction, awaitCapture, settleUnknown, type Led } from './ask-gateway';
import { awaitReview, check } from './check';
import { inTenantTime } from './in-tenant-time';
import { PaymentRun } from './run';
import { undo } from './undo';

/**
 * Takes a payment from its acceptance to captured money, or to an ending without any.
 *
 * `captured`, `declined`, `failed` and `cancelled` are normal endings. What the gateway did not answer is `unknown` and
 * looked up by its key, never asked for under another. A run picks up in the state the payment is in.
 */
export async function processPayment(input: ProcessPaymentInput): Promise<ProcessPaymentResult> {
  const run = new PaymentRun(input);
  const story = new CancellationScope();
  answerMessages(run, story);

  let led: Led;
  try {
    led = await story.run(async () => {
      await inTenantTime(input);
      return tell(run);
    });
  } catch (error) {
    if (isNotOurs(error)) throw error;
    // Temporal tries no step again that was told of a cancel: one that is lost then, with its worker, ends as a
    // failure.
    led =
      isCancellation(error) || (story.consideredCancelled && patched('cancelled-whatever-became-of-the-step'))
        ? cancelled(run)
        : { towards: 'failed', reason: failureType(error) };
  }
  return CancellationScope.nonCancellable(async () => {
    // No handler is running then, and nothing is awaited in between: no command is lost.
    if (run.shouldStartAfresh && led === undefined && !settledPaymentStates.includes(run.state))
      return continueAsNew<typeof processPayment>(input);
    run.ending = true;
    if (typeof led === 'object' && (await undo(run, run.undoing ?? led)) === 'afresh')
      return continueAsNew<typeof processPayment>(input);
    return end(run);
  });
}

/** From state to state until the payment has ended, has to be undone, or would make a renewal wait. */
async function tell(run: PaymentRun): Promise<Led> {
  // Also when it is cancelled at once: what nobody owns nobody could end.
  run.resume(
    await CancellationScope.nonCancellable(() =>
      validatePayment({ ...run.step('validating'), runId: workflowInfo().runId }),
    ),
  );
  if (CancellationScope.current().consideredCancelled) return cancelled(run);
  if (run.undoing) return run.undoing;
  while (!settledPaymentStates.includes(run.state)) {
    const led = await leave(run);
    if (led || run.shouldStartAfresh) return led;
    if (CancellationScope.current().consideredCancelled) return cancelled(run);
    if (isPaymentAtRest(run) && !run.renewal && !settledPaymentStates.includes(run.state)) await notify(run);
  }
  return undefined;
}

function cancelled(run: PaymentRun): PaymentUndoing {
  return run.undoing ?? { towards: 'cancelled', reason: run.cancel ? 'cancelled' : CANCELLED_IN_TEMPORAL };
}

async function leave(run: PaymentRun): Promise<Led> {
  switch (run.state) {
    case 'validating':
      return run.checked ? askGateway(run, 'authorise') : check(run);
    case 'review':
      return awaitReview(run);
    case 'authorising':
      return askGateway(run, 'authorise');
    case 'requires_action':
      return awaitAction(run);
    case 'authorised':
      return awaitCapture(run);
    case 'capturing':
      return askGateway(run, 'capture');
    case 'unknown':
      return run.unknownCall === 'void'
        ? { towards: 'cancelled', reason: 'void_unconfirmed' }
        : settleUnknown(run, run.unknownCall ?? 'authorise');
    default:
      throw ApplicationFailure.nonRetryable(`No way leads on from ${run.state}`, ILLEGAL_STATE);
  }
}

async function end(run: PaymentRun): Promise<ProcessPaymentResult> {
  run.refuseCancel();
  run.inbox.refuseTheRest(`The payment is ${run.state}`);
  await notify(run);
  if (run.renewal && !settledPaymentStates.includes(run.state)) await releasePayment(run.step('release'));
  await condition(allHandlersFinished);
  return run.result();
}

async function notify(run: PaymentRun): Promise<void> {
  if (run.told === run.state) return;
  await sendWebhookNotification(run.step('notify'));
  run.told = run.state;
}

/** Set before the first await, so that no message finds the workflow without a handler. */
function answerMessages(run: PaymentRun, story: CancellationScope): void {
  setHandler(contract.getState, () => run.status());
  setHandler(contract.gatewayReported, () => run.news.tell());
  for (const name of ['capture', 'review'] as const satisfies RunningPaymentCommand[]) {
    const definition = { capture: contract.capturePayment, review: contract.reviewPayment }[name] as UpdateDefinition<
      PaymentOutcome,
      [CommandInput]
    >;
    setHandler(definition, (input: CommandInput) => run.inbox.take({ name, input }), {
      validator: (input: CommandInput) => run.inbox.validate(name, input),
    });
  }
  const cancel = (input: CommandInput) => {
    run.cancel = { name: 'cancel', input };
    story.cancel();
    return run.inbox.settled(run.cancel);
  };
  setHandler(contract.cancelPayment, cancel, { validator: (_input: CommandInput) => run.judgeCancel() });
  setHandler(contract.cancelPaymentSignal, async (input: CommandInput) => {
    try {
      run.judgeCancel();
      await cancel(input);
    } catch (error) {
      // A signal has no one to tell: where a cancel would be refused nothing happens.
      if (!(error instanceof ApplicationFailure)) throw error;
    }
  });
}

function failureType(error: unknown): string {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure && cause.type) return cause.type;
  }
  return 'INTERNAL';
}

/**
 * Another run owns the payment, or somebody changed it by hand: nothing of it may be touched, the reconciler lists it.
 */
function isNotOurs(error: unknown): boolean {
  return [ENTITY_NOT_OURS, ILLEGAL_STATE, 'NOT_FOUND'].includes(failureType(error));
}
