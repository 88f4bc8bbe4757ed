import { commandStep } from '../contracts/commands';
import type { PaymentOutcome } from '../contracts/payment';
import { DomainError } from '../domain/domain-error';
import type { PaymentState } from '../domain/payment';
import { captureAmount, refusePaymentCommand } from '../domain/payment-commands';
import { requireAccepted } from '../domain/refusal';
import { applyStep, type StepInput } from '../models/apply-step';
import type { Database } from '../models/database';
import type { Payment } from '../models/payment';
import type { SendPaymentCommandInput } from './payment-commands';

const WAITS_WITHOUT_PROCESS: readonly PaymentState[] = ['review', 'requires_action', 'authorised', 'unknown'];

/** A child's payment between two runs: nobody is there to take a command. */
export const isReleased = ({ startedBy, state, chain }: Payment): boolean => chain === null && startedBy === 'parent' && WAITS_WITHOUT_PROCESS.includes(state);

type Move = Pick<StepInput, 'event' | 'set'> & { to?: PaymentState };

/** Applies a command to a released payment; the next run goes on from there. Gives way to a run that claims the payment meanwhile. */
export async function applyToReleased({ database }: { database: Database }, payment: Payment, input: SendPaymentCommandInput): Promise<PaymentOutcome> {
  const { _id: entityId, tenantId, state, capture } = payment;
  const { command, commandId, by, at } = input;
  const { models } = database;
  const step = commandStep(commandId);
  if (!(await models.events.exists({ tenantId, entityId, step }))) requireAccepted(refusePaymentCommand({ command, state, capture }));
  const payload = (await models.commandPayloads.findOne({ _id: commandId, tenantId, entityId }).lean())?.payload;
  const { to, event, set } = moveOf(payment, input, typeof payload?.note === 'string' ? payload.note : null);
  const applied = await applyStep(database, {
    tenantId, entityType: 'payment', entityId, step, at, by, from: [state], event,
    ...(to === undefined ? { set } : { to, set: { ...set, since: new Date(at), until: null } }),
    alongside: async (session) => {
      const { chain } = await models.payments.findOne({ _id: entityId, tenantId }, { chain: 1 }).session(session).lean().orFail();
      if (chain === null) return;
      throw new DomainError('OUTCOME_PENDING', 'The payment has just gone on: repeat the request with the same Idempotency-Key', { retryAfterSeconds: 1 });
    },
  });
  return { state: applied.state as PaymentState, at: applied.at };
}

function moveOf(payment: Payment, { command, decision, amount, at }: SendPaymentCommandInput, note: string | null): Move {
  const review = { decision, note, at: new Date(at) };
  if (command === 'capture') {
    const { amountMinor: captureMinor } = captureAmount({ authorised: payment.amount, requested: amount });
    return { to: 'capturing', set: { captureMinor }, event: { type: 'payment.capturing', data: { captureMinor } } };
  }
  if (command === 'review') {
    // Approved, it was checked: the next run asks the gateway at once.
    if (decision === 'approve') return { to: 'authorising', set: { review }, event: { type: 'payment.authorising', data: { decision, note } } };
    return { to: 'declined', set: { review, reason: 'review_declined' }, event: { type: 'payment.declined', data: { reason: 'review_declined', decision, note } } };
  }
  const reason = 'cancelled';
  if (payment.state === 'review') return { to: 'cancelled', set: { reason }, event: { type: 'payment.cancelled', data: { reason } } };
  const undoing = { towards: 'cancelled', reason };
  return { set: { undoing }, event: { type: 'payment.undoing', data: undoing } };
}
