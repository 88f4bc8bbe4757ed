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
import { undoReleased, whileReleased } from './released-payment';

/** What is asked of a payment, and by whom. */
export interface PaymentCommandTerms {
  command: RunningPaymentCommand;
  /** The idempotency record's id; the update id, so a retry asks for the same update's outcome. */
  commandId: string;
  by: Actor;
  /** The tenant's business time, ISO 8601. */
  at: string;
  /** For `capture`: how much; all of it without. */
  amount?: Money;
  /** For `review`; its note waits in `commandPayloads` under the command's id. */
  decision?: ReviewPaymentInput['decision'];
}

export interface CommandReleasedPaymentInput extends PaymentCommandTerms {
  database: Database;
  payment: Payment;
}

/**
 * Applies a command to a released payment; the next run goes on from there. Gives way to a run that claims the payment
 * meanwhile. The same command is applied once and always answered the same.
 * @throws DomainError `ILLEGAL_STATE` while the payment is being undone, what `refusePaymentCommand` and `captureAmount`
 *   refuse, and `OUTCOME_PENDING`.
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
      `The payment is being undone, so ${command} comes too late: nothing is to be done, it ends by itself. Take a new payment where one is wanted.`,
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

/** Where a command leads to that needs nothing undone. */
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
  // Approved, it was checked: the next run asks the gateway immediately.
  return decision === 'approve' ? { to: 'authorising' } : { to: 'declined', reason: 'review_declined' };
}

/** What may be held is undone by the next run; whether money was taken, nobody can say before that. */
async function cancelHeld({
  database,
  payment,
  commandId,
  by,
  at,
}: CommandReleasedPaymentInput): Promise<PaymentOutcome> {
  const cancel = { database, payment, reason: 'cancelled', by, at };
  if (payment.unknownCall === 'capture') {
    await undoReleased({ ...cancel, step: askedStep(commandId) });
    throw pending();
  }
  const undoing = await undoReleased({ ...cancel, step: commandStep(commandId) });
  return { state: undoing.state as PaymentState, at: undoing.at };
}

/**
 * Returns what became of a cancel that could not be promised, because money might have been taken; null for any other
 * command.
 * @throws DomainError `OUTCOME_PENDING` until that is known.
 */
export async function outcomeOfAskedCancel({
  database,
  payment,
  commandId,
}: Pick<CommandReleasedPaymentInput, 'database' | 'payment' | 'commandId'>): Promise<PaymentOutcome | null> {
  const { _id: entityId, tenantId, state, since } = payment;
  if (!(await database.models.events.exists({ tenantId, entityId, step: askedStep(commandId) }))) return null;
  if (!settledPaymentStates.includes(state)) throw pending();
  return state === 'cancelled' ? { state, at: since.toISOString() } : null;
}

/** Where a cancel is recorded that is answered only when the gateway has reported. */
const askedStep = (commandId: string): string => `cancel/${commandId}`;

const pending = (): DomainError =>
  new DomainError(
    'OUTCOME_PENDING',
    'Whether the money was taken is not known yet, so nobody can say what the cancel leads to: repeat the request with the same Idempotency-Key',
    { retryAfterSeconds: 60 },
  );
