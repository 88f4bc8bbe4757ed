import { CancellationScope } from '@temporalio/workflow';
import type { CapturePaymentInput, PaymentUndoing } from '../../src/contracts/payments/payment';
import type { GatewayAnswer } from '../../src/contracts/payments/payment-activities';
import { paymentAfter, paymentAfterSilence } from '../../src/domain/payments/gateway-outcome';
import { paymentTimes, waitAfterAnswerMs, type GatewayCall } from '../../src/domain/payments/payment';
import { lookUpPayment, processPaymentGateway, reportOverduePayment } from './activities';
import type { PaymentRun } from './run';

type Call = Extract<GatewayCall, 'authorise' | 'capture'>;

const LONGEST_WAIT_FOR_CUSTOMER_MS = 300_000;

/** What a look led to. `rest`: nothing new, and a renewal does not wait for it. An undoing: it is to be undone. */
export type Led = 'rest' | PaymentUndoing | void;

/** Has the gateway hold the amount, or take it; silence makes the payment `unknown`. */
export async function askGateway(run: PaymentRun, call: Call): Promise<Led> {
  // Known here before it is recorded: whatever happens to the activity, the gateway may have been asked.
  run.moved(call === 'authorise' ? 'authorising' : 'capturing');
  const answer = await run.inbox.transit(() => processPaymentGateway({ ...run.step(call), call }));
  return settle(run, call, answer);
}

/**
 * Looks up what became of a call until the gateway tells, webhooks hastening it; after 24 hours an operator is told
 * too.
 */
export async function settleUnknown(run: PaymentRun, call: Call): Promise<Led> {
  const overdueAtMs = run.sinceMs + paymentTimes.unknownMs;
  run.untilMs = overdueAtMs;
  for (let look = 1; ; look++) {
    const position = run.position;
    const led = await lookUp(run, call, { believeNothingFrom: run.sinceMs + paymentTimes.arrivalMs });
    if (led || run.position !== position) return led;
    await reportWhenOverdue(run, overdueAtMs);
    if (run.renewal) return 'rest';
    if (run.shouldStartAfresh) return undefined;
    await run.awaitNews({ look, untilMs: Date.now() < overdueAtMs ? overdueAtMs : undefined });
  }
}

/** Waits up to an hour for the customer to confirm with the bank. */
export async function awaitAction(run: PaymentRun): Promise<Led> {
  const givesUpAtMs = run.sinceMs + paymentTimes.actionMs;
  run.untilMs = givesUpAtMs;
  for (let look = 1; ; look++) {
    const led = await lookUp(run, 'authorise', { believeNothingFrom: Infinity });
    if (led || run.state !== 'requires_action') return led;
    if (Date.now() >= givesUpAtMs) return { towards: 'cancelled', reason: 'customer_did_not_act' };
    if (run.renewal) return 'rest';
    await run.awaitNews({ look, untilMs: givesUpAtMs, longestMs: LONGEST_WAIT_FOR_CUSTOMER_MS });
  }
}

/** An automatic payment is captured at once; another waits up to 7 days for the partner's word, then it is given up. */
export async function awaitCapture(run: PaymentRun): Promise<Led> {
  if (run.capture === 'automatic') return askGateway(run, 'capture');
  const givesUpAtMs = run.sinceMs + paymentTimes.captureMs;
  run.untilMs = givesUpAtMs;
  if (run.renewal && Date.now() < givesUpAtMs) return 'rest';
  const command = await run.inbox.next(givesUpAtMs);
  if (!command) return { towards: 'cancelled', reason: 'not_captured_in_time' };
  const { amountMinor } = command.input as CapturePaymentInput;
  return run.move({ to: 'capturing', ...(amountMinor === undefined ? {} : { captureMinor: amountMinor }) }, command);
}

export async function reportWhenOverdue(run: PaymentRun, overdueAtMs: number): Promise<void> {
  if (Date.now() < overdueAtMs || run.reported) return;
  run.reported = true;
  await reportOverduePayment(run.step('overdue'));
}

async function lookUp(
  run: PaymentRun,
  call: Call,
  { believeNothingFrom }: { believeNothingFrom: number },
): Promise<Led> {
  const answer = await run.inbox.transit(() => lookUpPayment({ ...run.step('look-up'), call }));
  const nothingArrived = answer.status === 'not_found' || (call === 'capture' && answer.status === 'authorised');
  if (answer.status === 'unavailable' || (nothingArrived && Date.now() < believeNothingFrom)) return undefined;
  return settle(run, call, answer);
}

/** Records what the gateway said, also while the payment is being cancelled: what happened there has happened. */
function settle(
  run: PaymentRun,
  call: Call,
  { status, reason, position, capturedMinor, mayHold }: GatewayAnswer,
): Promise<Led> {
  return CancellationScope.nonCancellable(async () => {
    const waitMs = waitAfterAnswerMs({ position, capture: run.capture });
    run.moved(position, waitMs === null ? null : Date.now() + waitMs);
    if (status === 'unavailable') return undefined;
    if (status === 'unknown') {
      const to = paymentAfterSilence({ position, call });
      return to ? run.move({ to, untilMs: Date.now() + paymentTimes.unknownMs }) : undefined;
    }
    const to = paymentAfter({ position, status });
    if (to === null) return undefined;
    // A hold that a refused call leaves behind, or may, is given back before the payment ends.
    if ((call === 'capture' || mayHold) && to === 'failed')
      return { towards: 'failed', reason: reason ?? 'capture_refused' };
    const why =
      { declined: 'declined', cancelled: 'voided_at_the_gateway', failed: 'refused_by_the_gateway' }[to as string] ??
      null;
    return run.move({ to, reason: why && (reason ?? why), ...(to === 'captured' ? { capturedMinor } : {}) });
  });
}
