import { commandStep, ILLEGAL_STATE } from '../../contracts/commands';
import type { PaymentOutcome, ReviewPaymentInput, RunningPaymentCommand } from '../../contracts/payments/payment';
import type { Actor } from '../../domain/actor';
import { amountStepOf } from '../../domain/amount-step';
import { DomainError } from '../../domain/domain-error';
import type { Money } from '../../domain/money';
import { settledPaymentStates, type PaymentState } from '../../domain/payments/payment';
import { captureAmount, refusePaymentCommand } from '../../domain/payments/payment-commands';
import { requireAccepted } from '../../domain/refusal';
import type { Database } from '../../models/database';
import type { Payment } from '../../models/payments/payment';
import { applyPaymentMove } from './move-payment';
import type { PaymentMove } from './payment-changes';
import { undoReleasedPayment, whileReleased } from './undo-released-payment';

/** A command to a payment, and its author. */
export interface PaymentCommandTerms {
  command: RunningPaymentCommand;
  /** From the idempotency record, also the update id: a retry gets the outcome of the same update. */
  commandId: string;
  by: Actor;
  /** The tenant's business time, ISO 8601. */
  at: string;
  /** For `capture`: the amount. Defaults to everything that is authorised. */
  amount?: Money;
  /** For `review`: the decision. The note is stored in `commandPayloads` under the command's id. */
  decision?: ReviewPaymentInput['decision'];
}

export interface CommandReleasedPaymentInput extends PaymentCommandTerms {
  database: Database;
  payment: Payment;
}

/**
 * Applies a command to a released payment; the next run continues from there. Fails when a run claims the payment
 * meanwhile. The same command is applied once and always returns the same outcome.
 * @throws DomainError `ILLEGAL_STATE` while the payment is being undone, the refusals of `refusePaymentCommand` and
 *   `captureAmount`, and `OUTCOME_PENDING`.
 */
export async function commandReleasedPayment(input: CommandReleasedPaymentInput): Promise<PaymentOutcome> {
  const { database, payment, command, commandId, by, at } = input;
  const { _id: entityId, tenantId, state, capture } = payment;
  const step = commandStep(commandId);
  const earlier = await database.models.events.findOne({ tenantId, entityId, step }).lean();
  if (earlier) return { state: earlier.state as PaymentState, at: earlier.at.toISOString() };
  if (payment.undoing)
    throw new DomainError(
      ILLEGAL_STATE,
      `The payment is being undone, so ${command} comes too late. ` +
        'The payment ends by itself; create a new payment to charge the customer again.',
    );
  requireAccepted(refusePaymentCommand({ command, state, capture }));
  if (command === 'cancelPayment' && state !== 'review') return cancelHeld(input);
  const move = moveOf(input);
  const moved = await applyPaymentMove({
    database,
    payment,
    step,
    at,
    ...move,
    command: { id: commandId, by },
    alongside: whileReleased({ database, payment }),
  });
  return { state: move.to, at: moved.at };
}

type CommandMove = PaymentMove & { to: PaymentState };

/** Returns the move of a command that needs nothing undone. */
function moveOf({ payment, command, decision, amount }: CommandReleasedPaymentInput): CommandMove {
  if (command === 'capturePayment') {
    const { amountMinor: captureMinor } = captureAmount({
      authorised: payment.amount,
      requested: amount,
      stepMinor: amountStepOf({ tenantId: payment.tenantId, currency: payment.amount.currency }),
    });
    return { to: 'capturing', captureMinor };
  }
  if (command === 'cancelPayment') return { to: 'cancelled', reason: 'cancelled' };
  // An approved payment was checked: the next run calls the gateway immediately.
  return decision === 'approve' ? { to: 'authorising' } : { to: 'declined', reason: 'review_declined' };
}

/** Has the next run undo the hold that may exist. Before that run it is unknown if money was captured. */
async function cancelHeld({
  database,
  payment,
  commandId,
  by,
  at,
}: CommandReleasedPaymentInput): Promise<PaymentOutcome> {
  const cancel = { database, payment, reason: 'cancelled', by, at };
  if (payment.unknownCall === 'capture') {
    await undoReleasedPayment({ ...cancel, step: pendingCancelStep(commandId) });
    throw pending();
  }
  const undoing = await undoReleasedPayment({ ...cancel, step: commandStep(commandId) });
  return { state: undoing.state as PaymentState, at: undoing.at };
}

/**
 * Returns the outcome of a cancel that could not be promised, because money might have been captured; null for any
 * other command.
 * @throws DomainError `OUTCOME_PENDING` until the outcome is known.
 */
export async function outcomeOfPendingCancel({
  database,
  payment,
  commandId,
}: Pick<CommandReleasedPaymentInput, 'database' | 'payment' | 'commandId'>): Promise<PaymentOutcome | null> {
  const { _id: entityId, tenantId, state, since } = payment;
  if (!(await database.models.events.exists({ tenantId, entityId, step: pendingCancelStep(commandId) }))) return null;
  if (!settledPaymentStates.includes(state)) throw pending();
  return state === 'cancelled' ? { state, at: since.toISOString() } : null;
}

/** Returns the step of a cancel whose outcome is returned only when the gateway has reported. */
const pendingCancelStep = (commandId: string): string => `cancel/${commandId}`;

const pending = (): DomainError =>
  new DomainError(
    'OUTCOME_PENDING',
    'The outcome of the capture is not known yet, so the cancel cannot be confirmed: ' +
      'repeat the request with the same Idempotency-Key',
    { retryAfterSeconds: 60 },
  );
