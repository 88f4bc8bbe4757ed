import { paymentTimes } from '../../src/domain/payments/payment';
import type { ReviewPaymentInput } from '../../src/contracts/payments/payment';
import { checkFraud, validateCard } from './activities';
import type { PaymentRun } from './run';

/** Fraud rules and card, side by side. Leads on to the gateway, to a person, or to a decline. */
export async function check(run: PaymentRun): Promise<void> {
  const [{ decision }, { problem }] = await Promise.all([
    checkFraud(run.step('check-fraud')),
    validateCard(run.step('validate-card')),
  ]);
  if (decision === 'deny') return run.move({ to: 'declined', reason: 'fraud_detected' });
  if (problem !== null) return run.move({ to: 'declined', reason: problem.toLowerCase() });
  if (decision === 'review') return run.move({ to: 'review', untilMs: Date.now() + paymentTimes.reviewMs });
  // From here on `processPaymentGateway` records that the gateway is asked, in the same activity that asks it.
  run.checked = true;
}

/** Waits for a reviewer; without a decision in 24 hours the payment is declined. `rest`: a renewal does not wait. */
export async function awaitReview(run: PaymentRun): Promise<'rest' | void> {
  const givesUpAtMs = run.sinceMs + paymentTimes.reviewMs;
  run.untilMs = givesUpAtMs;
  if (run.renewal && Date.now() < givesUpAtMs) return 'rest';
  const command = await run.inbox.next(givesUpAtMs);
  if (!command) return run.move({ to: 'declined', reason: 'review_timed_out' });
  const approved = (command.input as ReviewPaymentInput).decision === 'approve';
  return run.move(approved ? { to: 'authorising' } : { to: 'declined', reason: 'review_declined' }, command);
}
