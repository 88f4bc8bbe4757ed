import type { ClientSession } from 'mongoose';
import { commandStep, ILLEGAL_STATE } from '../../../contracts/commands';
import type { PaymentOutcome, PaymentUndoing } from '../../../contracts/payments/payment';
import type { Actor } from '../../../domain/actor';
import { amountStepOf } from '../../../domain/amount-step';
import { DomainError } from '../../../domain/domain-error';
import { settledPaymentStates, type PaymentState } from '../../../domain/payments/payment';
import { captureAmount, refusePaymentCommand } from '../../../domain/payments/payment-commands';
import { requireAccepted } from '../../../domain/refusal';
import { applyStep, type StepInput, type StepResult } from '../../../services/apply-step';
import type { Database } from '../../../models/database';
import { insertDocuments } from '../../../services/insert-documents';
import { newOutboxRow } from '../../../services/new-outbox-row';
import type { Payment } from '../../../models/payments/payment';
import { signalAbout, waitsForItsParent } from '../../../services/payments/payment-listener';
import type { SendPaymentCommandInput } from './payment-commands';

const WAITS_WITHOUT_PROCESS: readonly PaymentState[] = ['review', 'requires_action', 'authorised', 'unknown'];

/** A child's payment between two runs: nobody is there to take a command. */
export const isReleased = (payment: Payment): boolean =>
  waitsForItsParent(payment) && WAITS_WITHOUT_PROCESS.includes(payment.state);

type Move = Pick<StepInput, 'event' | 'set'> & { to?: PaymentState };

/**
 * Applies a command to a released payment; the next run goes on from there. Gives way to a run that claims the payment
 * meanwhile.
 */
export async function applyToReleased(
  { database }: { database: Database },
  payment: Payment,
  input: SendPaymentCommandInput,
): Promise<PaymentOutcome> {
  const { _id: entityId, tenantId, state, capture, unknownCall } = payment;
  const { command, commandId, by, at } = input;
  const { models } = database;
  const step = commandStep(commandId);
  if (!(await models.events.exists({ tenantId, entityId, step }))) {
    if (payment.undoing)
      throw new DomainError(
        ILLEGAL_STATE,
        `The payment is being undone, so ${command} comes too late: nothing is to be done, it ends by itself. Take a new payment where one is wanted.`,
      );
    requireAccepted(refusePaymentCommand({ command, state, capture }));
  }
  if (command === 'cancelPayment' && unknownCall === 'capture') {
    await undoReleased({ database }, { payment, step: askedStep(commandId), reason: 'cancelled', by, at });
    throw pending();
  }
  const payload = (await models.commandPayloads.findOne({ _id: commandId, tenantId, entityId }).lean())?.payload;
  const { to, event, set } = moveOf(payment, input, typeof payload?.note === 'string' ? payload.note : null);
  const applied = await applyUnclaimed(database, {
    tenantId,
    entityType: 'payment',
    entityId,
    step,
    at,
    by,
    from: [state],
    event,
    ...(to === undefined ? { set } : { to, set: { ...set, since: new Date(at), until: null } }),
  });
  return { state: applied.state as PaymentState, at: applied.at };
}

/**
 * What became of a cancel that could not be promised, because money might have been taken; null for any other command.
 * @throws DomainError `OUTCOME_PENDING` until that is known.
 */
export async function outcomeOfAskedCancel(
  { database }: { database: Database },
  payment: Payment,
  commandId: string,
): Promise<PaymentOutcome | null> {
  const { _id: entityId, tenantId, state, since } = payment;
  if (!(await database.models.events.exists({ tenantId, entityId, step: askedStep(commandId) }))) return null;
  if (!settledPaymentStates.includes(state)) throw pending();
  return state === 'cancelled' ? { state, at: since.toISOString() } : null;
}

export interface UndoReleasedInput {
  payment: Payment;
  step: string;
  reason: string;
  by: Actor;
  /** The tenant's business time, ISO 8601. */
  at: string;
}

/** Has the next run of a released payment undo it. */
export async function undoReleased(
  { database }: { database: Database },
  { payment, step, reason, by, at }: UndoReleasedInput,
  session?: ClientSession,
): Promise<void> {
  const { _id: entityId, tenantId, state } = payment;
  const undoing: PaymentUndoing = { towards: 'cancelled', reason };
  await applyUnclaimed(
    database,
    {
      tenantId,
      entityType: 'payment',
      entityId,
      step,
      at,
      by,
      from: [state],
      set: { undoing },
      event: { type: 'payment.undoing', data: { ...undoing } },
    },
    session,
  );
}

/** Where a cancel is recorded that is answered only when the gateway has told. */
const askedStep = (commandId: string): string => `cancel/${commandId}`;

const pending = (): DomainError =>
  new DomainError(
    'OUTCOME_PENDING',
    'Whether the money was taken is not known yet, so nobody can say what the cancel leads to: repeat the request with the same Idempotency-Key',
    { retryAfterSeconds: 60 },
  );

async function applyUnclaimed(database: Database, input: StepInput, within?: ClientSession): Promise<StepResult> {
  const { tenantId, entityId: _id } = input;
  const { models } = database;
  return applyStep(
    database,
    {
      ...input,
      alongside: async (session) => {
        const payment = await models.payments.findOne({ _id, tenantId }).session(session).lean().orFail();
        if (payment.chain === null) {
          // Whoever asks for it asks now. Should the news be lost, it asks when its timer is over.
          const row = newOutboxRow({
            tenantId,
            entityType: 'payment',
            entityId: _id,
            correlationId: payment.correlationId,
            pending: ['temporal'],
            signal: await signalAbout(database, payment),
          });
          await insertDocuments({ model: models.outbox, documents: [row], session });
          return;
        }
        throw new DomainError(
          'OUTCOME_PENDING',
          'The payment has just gone on: repeat the request with the same Idempotency-Key',
          { retryAfterSeconds: 1 },
        );
      },
    },
    within,
  );
}

function moveOf(
  payment: Payment,
  { command, decision, amount, at }: SendPaymentCommandInput,
  note: string | null,
): Move {
  const review = { decision, note, at: new Date(at) };
  if (command === 'capturePayment') {
    const { amountMinor: captureMinor } = captureAmount({
      authorised: payment.amount,
      requested: amount,
      stepMinor: amountStepOf({ tenantId: payment.tenantId, currency: payment.amount.currency }),
    });
    return { to: 'capturing', set: { captureMinor }, event: { type: 'payment.capturing', data: { captureMinor } } };
  }
  if (command === 'reviewPayment') {
    // Approved, it was checked: the next run asks the gateway at once.
    if (decision === 'approve')
      return { to: 'authorising', set: { review }, event: { type: 'payment.authorising', data: { decision, note } } };
    return {
      to: 'declined',
      set: { review, reason: 'review_declined' },
      event: { type: 'payment.declined', data: { reason: 'review_declined', decision, note } },
    };
  }
  const reason = 'cancelled';
  if (payment.state === 'review')
    return { to: 'cancelled', set: { reason }, event: { type: 'payment.cancelled', data: { reason } } };
  const undoing = { towards: 'cancelled', reason };
  return { set: { undoing }, event: { type: 'payment.undoing', data: undoing } };
}
