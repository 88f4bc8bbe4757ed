import type { ActivityDependencies } from '../dependencies';
import { processPaymentId } from '../../src/contracts/payments/payment';
import type {
  PaymentMoved,
  PaymentStepInput,
  UndoPaymentInput,
  UpdatePaymentStatusInput,
} from '../../src/contracts/payments/payment-activities';
import { byWorkflow } from '../../src/domain/actor';
import { paymentStates } from '../../src/domain/payments/payment';
import { applyStep } from '../../src/services/apply-step';
import { findEntity } from '../../src/services/find-entity';
import { openStuckItem } from '../../src/services/operator/stuck-items';
import { beginUndoing } from '../../src/services/payments/begin-undoing';
import { reasonOfCancel } from '../../src/services/payments/cancel-reason';
import { movePayment } from '../../src/services/payments/move-payment';

/** The steps of a payment that change nothing but our own books. */
export const createPaymentActivities = ({ database }: ActivityDependencies) => {
  const { models } = database;
  const find = ({ tenantId, paymentId }: PaymentStepInput) =>
    findEntity({ database, tenantId, entityType: 'payment', entityId: paymentId });

  const step = ({ tenantId, paymentId, chain, step: name, at }: PaymentStepInput) =>
    ({
      tenantId,
      entityType: 'payment',
      entityId: paymentId,
      chain,
      step: name,
      at,
      by: byWorkflow,
      from: paymentStates,
    }) as const;

  return {
    /** Moves the payment along its table, with its postings and what the compensation ledger has to say. */
    updatePaymentStatus: (input: UpdatePaymentStatusInput): Promise<PaymentMoved> =>
      movePayment({ database, ...input }),

    /** Records that the payment is being undone, and towards what, before anything is undone. */
    async undoPayment(input: UndoPaymentInput): Promise<PaymentMoved> {
      const { towards, command } = input;
      const payment = await find(input);
      const reason = reasonOfCancel({ payment, reason: input.reason }) ?? input.reason;
      const { at, data } = await beginUndoing({
        database,
        ...input,
        by: command?.by ?? byWorkflow,
        undoing: { towards, reason },
      });
      return { at, reason: typeof data.reason === 'string' ? data.reason : reason };
    },

    /** Tells the partner where the payment stands: an event in the outbox, which its webhooks are sent from. */
    async sendWebhookNotification(input: PaymentStepInput): Promise<PaymentMoved> {
      const { state } = await find(input);
      return applyStep(database, { ...step(input), event: { type: 'payment.notified', data: { state } } });
    },

    /**
     * Puts a payment whose outcome is unknown for too long on the operator's list: once, however many runs ask and find
     * it so.
     */
    async reportOverduePayment(input: PaymentStepInput): Promise<void> {
      const { tenantId, paymentId } = input;
      const { unknownCall, since } = await find(input);
      await applyStep(database, {
        ...step(input),
        step: `overdue/${since.toISOString()}`,
        event: { type: 'payment.outcome_overdue' },
        alongside: async (session) => {
          await openStuckItem({
            database,
            session,
            tenantId,
            kind: 'outcome_unknown',
            entityType: 'payment',
            entityId: paymentId,
            subject: processPaymentId(paymentId),
            detail: `The gateway has not said for 24 hours what became of ${unknownCall ?? 'undoing it'}; it is looked up every hour`,
          });
        },
      });
    },

    /**
     * Lets go of a renewal's payment, so that the next run can own it. Told once: later looks that found nothing new
     * are no news.
     */
    async releasePayment(input: PaymentStepInput): Promise<void> {
      const { tenantId, paymentId, chain, step: name } = input;
      const told = await models.events
        .findOne({ tenantId, entityId: paymentId, type: 'payment.released' }, { step: 1 })
        .lean();
      // A repeat finds it released, and so no longer this chain's.
      if (told?.step === name) return;
      if (told) await models.payments.updateOne({ _id: paymentId, tenantId, chain }, { $set: { chain: null } });
      else await applyStep(database, { ...step(input), set: { chain: null }, event: { type: 'payment.released' } });
    },
  };
};
