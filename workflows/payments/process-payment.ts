import {
  ApplicationFailure,
  CancellationScope,
  allHandlersFinished,
  condition,
  continueAsNew,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { CANCELLED_IN_TEMPORAL, ILLEGAL_STATE, type CommandInput } from '../../src/contracts/commands';
import * as contract from '../../src/contracts/payments/payment';
import type { PaymentUndoing, ProcessPaymentInput, ProcessPaymentResult } from '../../src/contracts/payments/payment';
import { isPaymentAtRest } from '../../src/domain/payments/payment';
import { alignClock } from '../align-clock';
import { failureType, handleCancel, handleCommands, isCancelled, isNotOurs, requireCommandId } from '../process-run';
import { releasePayment, sendWebhookNotification, validatePayment } from './activities';
import { awaitAction, awaitCapture, callGateway, resolveUnknown } from './call-gateway';
import { awaitReview, checkPayment } from './check-payment';
import type { Next } from './next';
import { PaymentRun } from './payment-run';
import { undo } from './undo';

/**
 * Takes a payment from its acceptance to captured money, or to an ending without any.
 *
 * `captured`, `declined`, `failed` and `cancelled` are normal endings. A call that the gateway did not answer makes the
 * payment `unknown`; the call is looked up by its key and never repeated under another key. A run continues from the
 * payment's present state.
 */
export async function processPayment(input: ProcessPaymentInput): Promise<ProcessPaymentResult> {
  const mainLoop = new CancellationScope();
  const run = new PaymentRun(input, mainLoop);
  setHandlers(run);

  let next: Next | undefined;
  try {
    next = await mainLoop.run(() => runPayment(run, input));
  } catch (error) {
    if (isNotOurs(error)) throw error;
    next = isCancelled(error, mainLoop) ? cancelled(run) : { towards: 'failed', reason: failureType(error) };
  }
  return CancellationScope.nonCancellable(() => finish(run, input, next));
}

/** Moves the payment from state to state until the payment is settled or the main loop must stop. */
async function runPayment(run: PaymentRun, input: ProcessPaymentInput): Promise<Next | undefined> {
  await alignClock(input);
  // Even a run that was cancelled before its start must own the payment before it may end the payment.
  run.resume(
    await CancellationScope.nonCancellable(() =>
      validatePayment({ ...run.step('validating'), runId: workflowInfo().runId }),
    ),
  );
  if (CancellationScope.current().consideredCancelled) return cancelled(run);
  if (run.undoing) return run.undoing;

  while (!run.isSettled) {
    const next = await runState(run);
    if (next) return next;
    if (run.isSettled) return undefined;
    if (CancellationScope.current().consideredCancelled) return cancelled(run);
    if (run.shouldContinueAsNew) return 'continue-as-new';
    if (isPaymentAtRest(run) && !run.renewal) await notify(run);
  }
  return undefined;
}

async function runState(run: PaymentRun): Promise<Next | undefined> {
  switch (run.state) {
    case 'validating':
      return run.checked ? callGateway(run, 'authorise') : checkPayment(run);
    case 'review':
      return awaitReview(run);
    case 'authorising':
      return callGateway(run, 'authorise');
    case 'requires_action':
      return awaitAction(run);
    case 'authorised':
      return awaitCapture(run);
    case 'capturing':
      return callGateway(run, 'capture');
    case 'unknown':
      return run.unknownCall === 'void'
        ? { towards: 'cancelled', reason: 'void_unconfirmed' }
        : resolveUnknown(run, run.unknownCall ?? 'authorise');
    default:
      throw ApplicationFailure.nonRetryable(`There is no step for a payment that is ${run.state}`, ILLEGAL_STATE);
  }
}

function cancelled(run: PaymentRun): PaymentUndoing {
  return run.undoing ?? { towards: 'cancelled', reason: run.cancel ? 'cancelled' : CANCELLED_IN_TEMPORAL };
}

async function finish(
  run: PaymentRun,
  input: ProcessPaymentInput,
  next: Next | undefined,
): Promise<ProcessPaymentResult> {
  // The inbox is empty in this workflow task, so no command is lost.
  if (next === 'continue-as-new') return continueAsNew<typeof processPayment>(input);
  run.ending = true;
  if (typeof next === 'object' && (await undo(run, run.undoing ?? next)) === 'continue-as-new')
    return continueAsNew<typeof processPayment>(input);

  run.refuseCancel();
  run.inbox.refuseTheRest(`The payment is ${run.state}`);
  await notify(run);
  if (run.renewal && !run.isSettled) await releasePayment(run.step('release'));
  await condition(allHandlersFinished);
  return run.result();
}

/** Notifies the partner of a state in which the payment waits, once. */
async function notify(run: PaymentRun): Promise<void> {
  if (run.notified === run.state) return;
  await sendWebhookNotification(run.step('notify'));
  run.notified = run.state;
}

/** Must be called before the first await: a message must not find the workflow without a handler. */
function setHandlers(run: PaymentRun): void {
  setHandler(contract.getState, () => run.status());
  setHandler(contract.gatewayReported, () => run.wakeUp.trigger());
  handleCommands(run, [contract.capturePayment, contract.reviewPayment]);
  handleCancel(run, contract.cancelPayment);
  setHandler(contract.cancelPaymentSignal, async (input: CommandInput) => {
    try {
      requireCommandId(input);
      run.requireCancellable();
      await run.interrupt('cancelPayment', input);
    } catch (error) {
      // A signal has no sender to answer, so a refused cancel does nothing.
      if (!(error instanceof ApplicationFailure)) throw error;
    }
  });
}
