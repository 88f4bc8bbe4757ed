import type { PaymentUndoing } from '../../src/contracts/payments/payment';
import { paymentTimes, type PaymentState } from '../../src/domain/payments/payment';
import { compensatePayment, undoPayment } from './activities';
import { reportWhenOverdue } from './call-gateway';
import type { Next } from './next';
import type { PaymentRun } from './payment-run';

/** An undoing ends the payment, or continues in another run. */
type NextOfUndoing = Exclude<Next, PaymentUndoing> | undefined;

/** For an hour the gateway is called every minute, then every hour. */
const ROUNDS_BY_THE_MINUTE = 65;

/** States in which the gateway has not been called yet. */
const NOTHING_HELD: readonly PaymentState[] = ['accepted', 'validating', 'review'];

/**
 * Voids an authorisation that exists or may exist, and ends the payment. Money that turns out to be captured is not
 * refunded here: the payment becomes `captured`.
 */
export async function undo(run: PaymentRun, undoing: PaymentUndoing): Promise<NextOfUndoing> {
  if (run.isSettled) return undefined;
  if (!run.resumed || NOTHING_HELD.includes(run.state)) {
    // The activity returns the recorded position: a step may have been applied without its result reaching this run.
    const { position } = await compensatePayment(run.step('compensate'));
    run.moved(position);
    if (run.isSettled) return undefined;
    if (NOTHING_HELD.includes(run.state)) return run.move({ to: undoing.towards, reason: undoing.reason }, run.cancel);
  }
  const begun = await beginUndoing(run, undoing);
  return begun ? voidUntilConfirmed(run, begun) : undefined;
}

/** Records that the payment is being undone. Returns the target and reason as recorded; null for a settled payment. */
async function beginUndoing(run: PaymentRun, { towards, reason }: PaymentUndoing): Promise<PaymentUndoing | null> {
  if (run.undoing !== null) return run.undoing;
  // A cancel cannot be promised while a capture may have happened: the sender is answered once the outcome is known.
  const canPromise = run.state !== 'capturing' && run.position !== 'unknown/capture';
  const command = canPromise ? run.cancel : null;
  const {
    at,
    reason: recorded,
    position,
  } = await undoPayment({
    ...(command ? run.commandStep(command.input) : run.step('undo')),
    towards,
    reason,
  });
  if (position) {
    run.moved(position);
    run.reason = recorded ?? null;
    return null;
  }
  run.undoing = { towards, reason: recorded ?? reason };
  if (command) command.outcome = { state: run.state, at };
  return run.undoing;
}

/** Repeats the void until the gateway confirms it; a webhook brings the next round forward. */
async function voidUntilConfirmed(run: PaymentRun, { towards, reason }: PaymentUndoing): Promise<NextOfUndoing> {
  const begunAtMs = Date.now();
  for (let round = 1; ; round++) {
    const answer = await compensatePayment(run.step('compensate'));
    const { status, position, capturedMinor } = answer;
    run.noteOverdue(answer);
    const overdueAtMs = run.overdueAtMs ?? begunAtMs + paymentTimes.unknownMs;
    run.moved(position, overdueAtMs);
    if (run.isSettled) return undefined;
    if (status === 'captured') return run.move({ to: 'captured', capturedMinor });
    if (status !== 'unknown' && status !== 'unavailable') {
      const isPromised = run.cancel?.outcome !== undefined;
      return run.move({ to: towards, reason }, isPromised ? null : run.cancel);
    }
    if (run.state === 'unknown') await reportWhenOverdue(run, overdueAtMs);
    if (run.renewal) return 'leave-to-parent';
    if (run.shouldContinueAsNew) return 'continue-as-new';
    const longestMs = round <= ROUNDS_BY_THE_MINUTE ? 60_000 : undefined;
    if (await run.waitForGateway({ round, longestMs })) round = 0;
  }
}
