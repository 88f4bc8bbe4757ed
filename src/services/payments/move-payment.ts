import type { ClientSession } from 'mongoose';
import type { EventType } from '../../contracts/events';
import { processPaymentId } from '../../contracts/payments/payment';
import type { PaymentMoved } from '../../contracts/payments/payment-activities';
import type { StepCommand } from '../../contracts/process-step';
import { byWorkflow } from '../../domain/actor';
import { DomainError } from '../../domain/domain-error';
import {
  canMovePayment,
  positionOf,
  settledPaymentStates,
  standingOf,
  type PaymentPosition,
  type PaymentState,
} from '../../domain/payments/payment';
import type { Database } from '../../models/database';
import type { StuckKind } from '../../models/operator/stuck-item';
import type { Payment } from '../../models/payments/payment';
import { applyStep, type StepInput } from '../apply-step';
import { requireOwned } from '../claim-entity';
import { findEntity } from '../find-entity';
import { findPayload } from '../find-payload';
import { mendStuckItem } from '../operator/stuck-items';
import { reasonOfCancel } from './reason-of-cancel';
import { insertPostings } from './insert-postings';
import { changesOf, eventDataOf, postingsOf, type PaymentMove } from './payment-changes';
import { settleEffects } from './payment-effects';

interface MoveInput extends PaymentMove {
  database: Database;
  /** The step's name with its occurrence, unique per payment. */
  step: string;
  /** Business time, ISO 8601. */
  at: string;
  /** The deadline of the new state, ISO 8601. */
  until?: string | null;
  /** The command that requested the move; its note is stored in `commandPayloads` under the command's id. */
  command?: StepCommand;
}

export interface MovePaymentInput extends MoveInput {
  tenantId: string;
  paymentId: string;
  /** First run id of the calling chain, which must own the payment. */
  chain: string;
}

/**
 * Moves the payment of a workflow's chain along its table, with its postings and its compensation ledger, in one
 * transaction. A payment that is already in that position is left unchanged.
 * @throws DomainError as `applyStep` does; `ILLEGAL_STATE` for a move that is not in the table.
 */
export async function movePayment(input: MovePaymentInput): Promise<PaymentMoved> {
  const { database, tenantId, paymentId: entityId, chain, to } = input;
  const payment = await findEntity({ database, tenantId, entityType: 'payment', entityId });
  const reason = reasonOfCancel({ payment, reason: input.reason ?? null });
  requireOwned({ entityType: 'payment', entityId, chain }, payment.chain);
  // This very step, or another whose success was not reported, has already led here.
  if (positionOf(payment) === to) return { at: payment.since.toISOString(), reason: payment.reason };
  return applyPaymentMove({ ...input, payment, reason });
}

export interface ApplyPaymentMoveInput extends MoveInput {
  /** The payment as it was read for the decision; a payment that has moved since is left unchanged. */
  payment: Payment;
  /** Left out by a caller that acts on a payment without an owner. */
  chain?: string;
  /** Writes of the same transaction. */
  alongside?: (session: ClientSession) => Promise<void>;
}

/**
 * Moves a payment along its table from the position in which it was read: its state, its postings, its compensation
 * ledger and the operator's list in one transaction. A move that settles the payment notifies the partner in it.
 * @throws DomainError as `applyStep` does; `ILLEGAL_STATE` for a move that is not in the table.
 */
export async function applyPaymentMove(input: ApplyPaymentMoveInput): Promise<PaymentMoved> {
  const { database, payment, chain, step, at, to, until = null, command } = input;
  const { _id: paymentId, tenantId } = payment;
  requireMove({ paymentId, from: positionOf(payment), to });
  const { state, unknownCall } = standingOf(to);
  const review = await reviewOf(input);
  const { at: movedAt, data } = await applyStep(database, {
    tenantId,
    entityType: 'payment',
    entityId: paymentId,
    chain,
    step,
    at,
    by: command?.by ?? byWorkflow,
    from: [payment.state],
    to: state,
    set: {
      ...changesOf(payment, input),
      unknownCall,
      since: new Date(at),
      until: until === null ? null : new Date(until),
      ...(review ? { review } : {}),
    },
    event: {
      type: `payment.${state}` satisfies `payment.${string}` as EventType,
      data: { ...eventDataOf(payment, input), ...(review ? { decision: review.decision, note: review.note } : {}) },
    },
    also: settledPaymentStates.includes(state)
      ? [{ step: `notify/${state}`, type: 'payment.notified', data: { state } }]
      : [],
    alongside: settleMove(input),
  });
  return { at: movedAt, reason: typeof data.reason === 'string' ? data.reason : null };
}

function requireMove({ paymentId, from, to }: { paymentId: string; from: PaymentPosition; to: PaymentPosition }): void {
  if (!canMovePayment({ from, to }))
    throw new DomainError('ILLEGAL_STATE', `payment ${paymentId} is ${from}, from where it cannot become ${to}`);
}

/**
 * Returns the end of a review: the reviewer's decision with its note, or the cancellation of the payment; null for any
 * other move.
 */
async function reviewOf({ database, payment, command, to, at }: ApplyPaymentMoveInput): Promise<Payment['review']> {
  if (payment.state !== 'review') return null;
  if (to === 'cancelled') return { decision: 'cancel', note: null, at: new Date(at) };
  if (!command || (to !== 'authorising' && to !== 'declined')) return null;
  const { _id: entityId, tenantId } = payment;
  const { note } = await findPayload({ database, tenantId, entityId, commandId: command.id });
  return {
    decision: to === 'authorising' ? 'approve' : 'decline',
    note: typeof note === 'string' ? note : null,
    at: new Date(at),
  };
}

/** States in which a call is under way or unanswered: its answer may be about another amount again. */
const UNANSWERED: readonly PaymentState[] = ['unknown', 'authorising', 'capturing'];

/** True for a move after which no difference between the amounts asked for and reported can stand. */
const endsDifference = ({ state, undoing }: Payment, to: PaymentState): boolean =>
  (state === 'unknown' || state === 'requires_action' || undoing !== null) && !UNANSWERED.includes(to);

/** Returns the writes of a move beside the payment: the books, the compensation ledger, the operator's list. */
const settleMove =
  (input: ApplyPaymentMoveInput): NonNullable<StepInput['alongside']> =>
  async (session, postedAt) => {
    const { database, payment, to, alongside } = input;
    const { _id: paymentId, tenantId } = payment;
    await insertPostings({ database, session, tenantId, postings: postingsOf(payment, input), at: postedAt });
    await settleEffects({ database, session, payment, to: standingOf(to).state, at: postedAt });
    const kind: StuckKind[] = [];
    if (payment.state === 'unknown') kind.push('outcome_unknown');
    if (endsDifference(payment, standingOf(to).state)) kind.push('amount_differs');
    if (kind.length > 0) await mendStuckItem({ database, session, kind, subject: processPaymentId(paymentId) });
    await alongside?.(session);
  };
