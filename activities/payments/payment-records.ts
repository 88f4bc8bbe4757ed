import type { ClientSession } from 'mongoose';
import type { ActivityDependencies } from '..';
import { CANCELLED_IN_TEMPORAL } from '../../src/contracts/commands';
import type { EventType } from '../../src/contracts/events';
import { gatewayKey, processPaymentId } from '../../src/contracts/payments/payment';
import type { PaymentMoved, PaymentStepInput } from '../../src/contracts/payments/payment-activities';
import type { StepCommand } from '../../src/contracts/process-step';
import type { Actor } from '../../src/domain/actor';
import { DomainError } from '../../src/domain/domain-error';
import { postAuthorise, postCapture, postVoid, type Posting } from '../../src/domain/payments/ledger';
import { moneyOf } from '../../src/domain/money';
import {
  canMovePayment,
  positionOf,
  standingOf,
  type GatewayCall,
  type PaymentPosition,
} from '../../src/domain/payments/payment';
import type { CompensationState } from '../../src/models/payments/compensation';
import type { Payment } from '../../src/models/payments/payment';
import { createEffects, type NewEffect } from '../effects';

export const byWorkflow: Actor = { kind: 'workflow', id: null };

export interface MovePaymentInput extends PaymentStepInput {
  to: PaymentPosition;
  until?: string | null;
  reason?: string | null;
  captureMinor?: number;
  /** With `captured`: what the gateway took; what was asked for without. */
  capturedMinor?: number;
  authorisationId?: string;
  actionUrl?: string;
  command?: StepCommand;
}

const GAVE_UP: readonly string[] = ['declined', 'failed', 'cancelled'];

/**
 * How payments are read and moved by all of their activities: state, books and compensation ledger in one transaction.
 */
export const createPaymentRecords = ({
  database,
  applyStep,
  insertDocuments,
}: Pick<ActivityDependencies, 'database' | 'applyStep' | 'insertDocuments'>) => {
  const { models } = database;
  const effects = createEffects({ database });

  const find = async ({ tenantId, paymentId }: Pick<PaymentStepInput, 'tenantId' | 'paymentId'>): Promise<Payment> => {
    const payment = await models.payments.findOne({ _id: paymentId, tenantId }).lean();
    if (!payment) throw new DomainError('NOT_FOUND', `There is no payment ${paymentId}`);
    return payment;
  };

  const noteOf = async ({ tenantId, paymentId, command }: MovePaymentInput): Promise<Record<string, unknown>> =>
    (command &&
      (await models.commandPayloads.findOne({ _id: command.id, tenantId, entityId: paymentId }).lean())?.payload) ||
    {};

  /** Keeps what the compensation ledger says in step with the payment. */
  const settleEffects = async (payment: Payment, to: string, at: Date, session: ClientSession): Promise<void> => {
    const { tenantId, _id: entityId } = payment;
    const set = (effect: GatewayCall, from: CompensationState[], state: CompensationState) =>
      models.compensations.updateMany(
        { tenantId, entityId, effect, state: { $in: from } },
        { $set: { state, updatedAt: at } },
        { session },
      );
    if (to === 'authorising')
      await effects.register({ ...effectOf(payment, 'authorise', at.toISOString()), sent: false }, session);
    if (to === 'capturing')
      await effects.register({ ...effectOf(payment, 'capture', at.toISOString()), sent: false }, session);
    if (to === 'requires_action' || to === 'authorised') await set('authorise', ['intent'], 'done');
    if (to === 'captured') {
      await set('authorise', ['compensating', 'stuck'], 'done');
      await set('capture', ['intent'], 'done');
    }
    if (GAVE_UP.includes(to)) {
      await set('authorise', ['intent'], 'none');
      await set('authorise', ['done', 'compensating', 'stuck'], 'compensated');
      await set('capture', ['intent'], 'none');
    }
  };

  /**
   * A process that Temporal cancels does not know why. Of a subscription's payment its subscription tells: it is over,
   * or has another card.
   */
  const reasonOf = async (
    { _id: paymentId, tenantId, startedBy, undoing, paymentMethod }: Payment,
    reason: string | null,
  ): Promise<string | null> => {
    if (reason !== CANCELLED_IN_TEMPORAL || startedBy !== 'parent') return reason;
    if (undoing) return undoing.reason;
    const invoice = await models.invoices
      .findOne({ tenantId, 'attempts.paymentId': paymentId }, { subscriptionId: 1 })
      .lean();
    const subscription =
      invoice &&
      (await models.subscriptions
        .findOne({ _id: invoice.subscriptionId, tenantId }, { state: 1, paymentMethod: 1 })
        .lean());
    if (subscription?.state === 'cancelled') return 'subscription_cancelled';
    return subscription && subscription.paymentMethod !== paymentMethod ? 'replaced' : reason;
  };

  return {
    find,
    reasonOf,

    /**
     * Books a hold that the payment never moved through, because it turned out only while it was given up. What ends it
     * comes after, as ever.
     */
    async holdFound({ tenantId, paymentId, chain, step, at }: PaymentStepInput): Promise<void> {
      const { state, amount } = await find({ tenantId, paymentId });
      await applyStep(database, {
        tenantId,
        entityType: 'payment',
        entityId: paymentId,
        chain,
        step,
        at,
        by: byWorkflow,
        from: [state],
        set: { authorisedMinor: amount.amountMinor },
        event: { type: 'payment.hold_found', data: { amountMinor: amount.amountMinor, currency: amount.currency } },
        alongside: async (session, postedAt) => {
          const { key, ...rest } = postAuthorise({ paymentId, key: gatewayKey(paymentId, 'authorise'), amount });
          await insertDocuments({
            model: models.ledgerPostings,
            documents: [{ _id: key, ...rest, tenantId, at: postedAt }],
            session,
          });
        },
      });
    },

    /**
     * Moves the payment along its table and writes what belongs to it.
     * @throws DomainError as `applyStep` does; `ILLEGAL_STATE` for a move that the table does not know.
     */
    async move(asked: MovePaymentInput): Promise<PaymentMoved> {
      const { tenantId, paymentId, chain, step, at, to, until = null, command } = asked;
      const payment = await find(asked);
      const input = { ...asked, reason: await reasonOf(payment, asked.reason ?? null) };
      const from = positionOf(payment);
      if (payment.chain !== chain)
        throw new DomainError('ENTITY_NOT_OURS', `payment ${paymentId} is owned by another run of its workflow`);
      // This very step, or another whose success was not reported, has led here already.
      if (from === to) return { at: payment.since.toISOString(), reason: payment.reason };
      if (!canMovePayment({ from, to }))
        throw new DomainError('ILLEGAL_STATE', `payment ${paymentId} is ${from}, from where it cannot become ${to}`);
      const { state, unknownCall } = standingOf(to);
      const when = new Date(at);
      const { note } = await noteOf(input);
      const review =
        payment.state === 'review' && command
          ? {
              decision: to === 'authorising' ? 'approve' : 'decline',
              note: typeof note === 'string' ? note : null,
              at: when,
            }
          : null;
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
          since: when,
          until: until === null ? null : new Date(until),
          ...(review ? { review } : {}),
        },
        event: {
          type: `payment.${state}` satisfies `payment.${string}` as EventType,
          data: { ...dataOf(payment, input), ...(review ? { decision: review.decision, note: review.note } : {}) },
        },
        alongside: async (session, postedAt) => {
          const documents = postingsOf(payment, input).map(({ key, ...rest }) => ({
            _id: key,
            ...rest,
            tenantId,
            at: postedAt,
          }));
          await insertDocuments({ model: models.ledgerPostings, documents, session });
          await settleEffects(payment, state, postedAt, session);
          if (payment.state === 'unknown') {
            await models.stuckItems.updateMany(
              { kind: 'outcome_unknown', subject: processPaymentId(paymentId), open: true },
              { $set: { state: 'mended', updatedAt: new Date() }, $unset: { open: 1 } },
              { session },
            );
          }
        },
      });
      return { at: movedAt, reason: typeof data.reason === 'string' ? data.reason : null };
    },
  };
};

/** A payment's side effect abroad, as it is registered. */
export const effectOf = ({ tenantId, _id: entityId }: Payment, effect: GatewayCall, at: string): NewEffect => ({
  tenantId,
  key: gatewayKey(entityId, effect),
  entityType: 'payment',
  entityId,
  effect,
  at,
});

export type PaymentRecords = ReturnType<typeof createPaymentRecords>;

/** What a capture under way takes, in minor units. */
export const captureMinorOf = ({ captureMinor, amount }: Payment): number => captureMinor ?? amount.amountMinor;

function changesOf(
  payment: Payment,
  { to, reason, captureMinor, capturedMinor, authorisationId, actionUrl }: MovePaymentInput,
): Partial<Payment> {
  if (to === 'requires_action')
    return { authorisationId: authorisationId ?? payment.authorisationId, actionUrl: actionUrl ?? null };
  if (to === 'authorised')
    return {
      authorisationId: authorisationId ?? payment.authorisationId,
      actionUrl: null,
      authorisedMinor: payment.amount.amountMinor,
    };
  if (to === 'capturing') return { captureMinor: captureMinor ?? captureMinorOf(payment) };
  if (to === 'captured') return { capturedMinor: capturedMinor ?? captureMinorOf(payment), undoing: null };
  if (GAVE_UP.includes(to)) return { reason: reason ?? null, actionUrl: null };
  return {};
}

/** What the timeline tells; amounts and codes only. */
function dataOf(
  payment: Payment,
  { to, reason, captureMinor, capturedMinor }: MovePaymentInput,
): Record<string, string | number | null> {
  if (to === 'capturing') return { captureMinor: captureMinor ?? captureMinorOf(payment) };
  if (to === 'captured')
    return { capturedMinor: capturedMinor ?? captureMinorOf(payment), currency: payment.amount.currency };
  if (GAVE_UP.includes(to)) return { reason: reason ?? null };
  return to.startsWith('unknown/') ? { call: standingOf(to).unknownCall } : {};
}

function postingsOf(payment: Payment, { to, paymentId, capturedMinor }: MovePaymentInput): Posting[] {
  const { amount, authorisedMinor } = payment;
  const authorised = moneyOf(authorisedMinor, amount.currency);
  const about = (call: GatewayCall) => ({ paymentId, key: gatewayKey(paymentId, call) });
  if (to === 'authorised') return [postAuthorise({ ...about('authorise'), amount })];
  // An order's reference is the partner's own: nothing here is held for it, so the money is earned at once.
  if (to === 'captured')
    return [
      postCapture({
        ...about('capture'),
        captured: moneyOf(capturedMinor ?? captureMinorOf(payment), amount.currency),
        authorised,
        hasOrder: false,
      }),
    ];
  return GAVE_UP.includes(to) && authorisedMinor > 0 ? [postVoid({ ...about('void'), amount: authorised })] : [];
}
