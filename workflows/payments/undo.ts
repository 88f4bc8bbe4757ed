import type { PaymentUndoing } from '../../src/contracts/payments/payment';
import { paymentTimes, settledPaymentStates, type PaymentState } from '../../src/domain/payments/payment';
import { compensatePayment, undoPayment } from './activities';
import { reportWhenOverdue } from './ask-gateway';
import type { PaymentRun } from './run';

/** How undoing ended; `rest`: a renewal does not wait for it. `afresh`: it goes on in a new run. */
type Undone = 'rest' | 'afresh' | void;

/** For an hour an undoing is tried every minute, then every hour. */
const LOOKS_BY_THE_MINUTE = 65;

/** Nothing was asked of the gateway yet. */
const NOTHING_HELD: readonly PaymentState[] = ['accepted', 'validating', 'review'];

/**
 * Gives up what is held, or may be, and ends the payment. Money that turns out to be taken is not given back here: the
 * payment is `captured` then, and giving it back is a refund.
 */
export async function undo(run: PaymentRun, undoing: PaymentUndoing): Promise<Undone> {
  if (settledPaymentStates.includes(run.state)) return;
  if (!run.resumed || NOTHING_HELD.includes(run.state)) {
    // Says where the payment really stands: a step may have been applied without this run having heard of it.
    const { position } = await compensatePayment(run.step('compensate'));
    run.moved(position);
    if (settledPaymentStates.includes(run.state)) return;
    if (NOTHING_HELD.includes(run.state)) return run.move({ to: undoing.towards, reason: undoing.reason }, run.cancel);
  }
  return giveBack(run, await begin(run, undoing));
}

/** Answers where it leads, and why, as it was recorded. */
async function begin(run: PaymentRun, { towards, reason }: PaymentUndoing): Promise<PaymentUndoing> {
  if (run.undoing !== null) return run.undoing;
  // While a capture may have happened nobody can promise a cancel: its sender is answered when that is known.
  const canPromise = run.state !== 'capturing' && run.position !== 'unknown/capture';
  const command = canPromise ? run.cancel : null;
  const { at, reason: recorded } = await undoPayment({
    ...(command ? run.commandStep(command) : run.step('undo')),
    towards,
    reason,
  });
  run.undoing = { towards, reason: recorded ?? reason };
  if (command) command.outcome = { state: run.state, at };
  return run.undoing;
}

/** Asks until the gateway confirms, hastened by its webhooks. */
async function giveBack(run: PaymentRun, { towards, reason }: PaymentUndoing): Promise<Undone> {
  const overdueAtMs = Date.now() + paymentTimes.unknownMs;
  for (let look = 1; ; look++) {
    const { status, position, capturedMinor } = await compensatePayment(run.step('compensate'));
    run.moved(position, overdueAtMs);
    if (settledPaymentStates.includes(run.state)) return;
    if (status === 'captured') return run.move({ to: 'captured', capturedMinor });
    if (status !== 'unknown' && status !== 'unavailable') {
      const promised = run.cancel?.outcome !== undefined;
      return run.move({ to: towards, reason }, promised ? null : run.cancel);
    }
    if (run.renewal) return 'rest';
    if (run.state === 'unknown') await reportWhenOverdue(run, overdueAtMs);
    if (run.shouldStartAfresh) return 'afresh';
    await run.awaitNews({ look, longestMs: look <= LOOKS_BY_THE_MINUTE ? 60_000 : undefined });
  }
}
