import type { ReviewPaymentInput } from '../../src/contracts/payments/payment';
import type { CardAnswer, FraudAnswer } from '../../src/contracts/payments/payment-activities';
import { paymentTimes } from '../../src/domain/payments/payment';
import { checkFraud, checkPayment as checkBoth, validateCard } from './activities';
import type { Next } from './next';
import type { PaymentRun } from './payment-run';

/**
 * Applies the fraud rules and checks the card. The payment then goes to the gateway or a reviewer, or is declined.
 */
export async function checkPayment(run: PaymentRun): Promise<undefined> {
  const { decision, problem } = (await checkBoth(run.step('check'))) ?? (await checkDuringOutage(run));
  if (decision === 'deny') return run.move({ to: 'declined', reason: 'fraud_detected' });
  if (problem !== null) return run.move({ to: 'declined', reason: problem });
  if (decision === 'review') return run.move({ to: 'review', untilMs: Date.now() + paymentTimes.reviewMs });
  // The state is still `validating`: `processPaymentGateway` itself records the move to `authorising`.
  run.checked = true;
  return undefined;
}

/** Records the fraud rules' decision first: a payment that they deny does not wait for the gateway. */
async function checkDuringOutage(run: PaymentRun): Promise<FraudAnswer & CardAnswer> {
  const { decision } = await checkFraud(run.step('check-fraud'));
  if (decision === 'deny') return { decision, problem: null };
  const { problem } = await validateCard(run.step('validate-card'));
  return { decision, problem };
}

/** Waits for a reviewer; declines the payment after 24 hours without a decision. */
export async function awaitReview(run: PaymentRun): Promise<Next | undefined> {
  const deadlineMs = run.sinceMs + paymentTimes.reviewMs;
  run.untilMs = deadlineMs;
  if (run.renewal && Date.now() < deadlineMs) return 'leave-to-parent';
  const command = await run.inbox.next(deadlineMs);
  if (!command) return run.move({ to: 'declined', reason: 'review_timed_out' });
  const approved = (command.input as ReviewPaymentInput).decision === 'approve';
  return run.move(approved ? { to: 'authorising' } : { to: 'declined', reason: 'review_declined' }, command);
}
