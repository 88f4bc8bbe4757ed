import { CancellationScope } from '@temporalio/workflow';
import type { CapturePaymentInput, PaymentUndoing } from '../../src/contracts/payments/payment';
import type { GatewayAnswer } from '../../src/contracts/payments/payment-activities';
import { paymentAfter, paymentAfterSilence } from '../../src/domain/payments/gateway-outcome';
import {
  actionMsOf,
  paymentTimes,
  waitAfterAnswerMs,
  type GatewayCall,
  type PaymentPosition,
} from '../../src/domain/payments/payment';
import { lookUpPayment, processPaymentGateway, reportOverduePayment } from './activities';
import type { Next } from './next';
import type { PaymentRun } from './payment-run';

type Call = Extract<GatewayCall, 'authorise' | 'capture'>;

const MAX_WAIT_FOR_CUSTOMER_MS = 300_000;

/** Default reasons of endings, used when the gateway gives none. */
const reasonsOfEndings: Partial<Record<PaymentPosition, string>> = {
  declined: 'declined',
  cancelled: 'voided_at_the_gateway',
  failed: 'refused_by_the_gateway',
};

/** Authorises or captures at the gateway; without an answer the payment becomes `unknown`. */
export async function callGateway(run: PaymentRun, call: Call): Promise<Next | undefined> {
  // Set before the activity records the state: whatever happens to the activity, the call may reach the gateway.
  run.moved(call === 'authorise' ? 'authorising' : 'capturing');
  const answer = await run.inbox.transit(() => processPaymentGateway({ ...run.step(call), call }));
  return settle(run, call, answer);
}

/**
 * Looks up the outcome of a call until the gateway knows it; a webhook brings the next look-up forward. 24 hours after
 * the first attempt of the call operators are notified; the call is not sent again, and the look-ups continue.
 */
export async function resolveUnknown(run: PaymentRun, call: Call): Promise<Next | undefined> {
  for (;;) {
    const { position } = run;
    const next = await lookUp(run, call, { believeNothingFromMs: run.sinceMs + paymentTimes.arrivalMs });
    if (next || run.position !== position) return next;
    const overdueAtMs = run.overdueAtMs ?? run.sinceMs + paymentTimes.unknownMs;
    run.untilMs = overdueAtMs;
    await reportWhenOverdue(run, overdueAtMs);
    if (run.renewal) return 'leave-to-parent';
    if (run.shouldContinueAsNew) return 'continue-as-new';
    const round = run.nextRound(call);
    await run.waitForGateway({ round, untilMs: Date.now() < overdueAtMs ? overdueAtMs : undefined });
  }
}

/** Waits for the customer to confirm with the bank: an hour, or 23 hours for a customer who is not present. */
export async function awaitAction(run: PaymentRun): Promise<Next | undefined> {
  const deadlineMs = run.sinceMs + actionMsOf(run.purpose);
  run.untilMs = deadlineMs;
  for (let round = 1; ; round++) {
    const next = await lookUp(run, 'authorise', { believeNothingFromMs: Infinity });
    if (next || run.state !== 'requires_action') return next;
    if (Date.now() >= deadlineMs) return { towards: 'cancelled', reason: 'customer_did_not_act' };
    if (run.renewal) return 'leave-to-parent';
    const isWokenUp = await run.waitForGateway({ round, untilMs: deadlineMs, longestMs: MAX_WAIT_FOR_CUSTOMER_MS });
    if (isWokenUp) round = 0;
  }
}

/** Captures an automatic payment immediately; waits up to 7 days for the partner to capture a manual one. */
export async function awaitCapture(run: PaymentRun): Promise<Next | undefined> {
  if (run.capture === 'automatic') return callGateway(run, 'capture');
  const deadlineMs = run.sinceMs + paymentTimes.captureMs;
  run.untilMs = deadlineMs;
  if (run.renewal && Date.now() < deadlineMs) return 'leave-to-parent';
  const command = await run.inbox.next(deadlineMs);
  if (!command) return { towards: 'cancelled', reason: 'not_captured_in_time' };
  const { amountMinor } = command.input as CapturePaymentInput;
  return run.move({ to: 'capturing', ...(amountMinor === undefined ? {} : { captureMinor: amountMinor }) }, command);
}

/** Adds the payment to the operator's list, once, when the outcome is still unknown at `overdueAtMs`. */
export async function reportWhenOverdue(run: PaymentRun, overdueAtMs: number): Promise<void> {
  if (Date.now() < overdueAtMs || run.reported) return;
  run.reported = true;
  await reportOverduePayment(run.step('overdue'));
}

/** Looks up a call. Before `believeNothingFromMs` a call that the gateway does not know may still be on its way. */
async function lookUp(
  run: PaymentRun,
  call: Call,
  { believeNothingFromMs }: { believeNothingFromMs: number },
): Promise<PaymentUndoing | undefined> {
  const answer = await run.inbox.transit(() => lookUpPayment({ ...run.step('look-up'), call }));
  run.noteOverdue(answer);
  const nothingArrived = answer.status === 'not_found' || (call === 'capture' && answer.status === 'authorised');
  if (answer.status === 'unavailable' || (nothingArrived && Date.now() < believeNothingFromMs)) return undefined;
  return settle(run, call, answer);
}

/** Records the gateway's answer, even while the payment is being cancelled: its effect at the gateway is a fact. */
function settle(run: PaymentRun, call: Call, answer: GatewayAnswer): Promise<PaymentUndoing | undefined> {
  return CancellationScope.nonCancellable(async () => {
    const { status, reason, position, capturedMinor, mayHold } = answer;
    const waitMs = waitAfterAnswerMs({ position, capture: run.capture, purpose: run.purpose });
    run.moved(position, waitMs === null ? null : Date.now() + waitMs);
    if (status === 'unavailable') return undefined;
    if (status === 'unknown') {
      const unknown = paymentAfterSilence({ position, call });
      run.noteOverdue(answer);
      const untilMs = run.overdueAtMs ?? Date.now() + paymentTimes.unknownMs;
      return unknown ? run.move({ to: unknown, untilMs }) : undefined;
    }
    const to = paymentAfter({ position, status });
    if (to === null) return undefined;
    // A refused call may leave an authorisation behind, which is voided before the payment ends.
    if (to === 'failed' && (call === 'capture' || mayHold))
      return { towards: 'failed', reason: reason ?? 'capture_refused' };
    if (to === 'captured') return run.move({ to, capturedMinor });
    const defaultReason = reasonsOfEndings[to];
    return run.move({ to, reason: defaultReason ? (reason ?? defaultReason) : null });
  });
}
