import type { ActivityDependencies } from '../dependencies';
import { processPaymentId } from '../../src/contracts/payments/payment';
import type {
  PaymentMoved,
  PaymentStepInput,
  PaymentUndone,
  UndoPaymentInput,
  UpdatePaymentStatusInput,
} from '../../src/contracts/payments/payment-activities';
import { byWorkflow } from '../../src/domain/actor';
import { paymentStates, positionOf, settledPaymentStates } from '../../src/domain/payments/payment';
import { applyStep } from '../../src/services/apply-step';
import { findEntity } from '../../src/services/find-entity';
import { openStuckItem } from '../../src/services/operator/stuck-items';
import { beginUndoing } from '../../src/services/payments/begin-undoing';
import { reasonOfCancel } from '../../src/services/payments/reason-of-cancel';
import { movePayment } from '../../src/services/payments/move-payment';
import { paymentKey, paymentStep } from './payment-step';

/** The steps of a payment that change only our own books. */
export const createPaymentActivities = ({ database }: ActivityDependencies) => {
  const { models } = database;
  const find = (input: PaymentStepInput) => findEntity({ database, ...paymentKey(input) });

  return {
    /** Moves the payment along its table, with its postings and its entries in the compensation ledger. */
    async updatePaymentStatus(input: UpdatePaymentStatusInput): Promise<PaymentMoved> {
      const { at, reason } = await movePayment({ database, ...input });
      return { at, reason };
    },

    /**
     * Records that the payment is being undone, and towards which state, before anything is undone. Records nothing for
     * a payment that an earlier step has settled without its result reaching the process: returns its position.
     */
    async undoPayment(input: UndoPaymentInput): Promise<PaymentUndone> {
      const { towards, command } = input;
      const payment = await find(input);
      const { state, since } = payment;
      if (settledPaymentStates.includes(state))
        return { at: since.toISOString(), reason: payment.reason, position: positionOf(payment) };
      const reason = reasonOfCancel({ payment, reason: input.reason }) ?? input.reason;
      const { at, data } = await beginUndoing({
        database,
        ...input,
        by: command?.by ?? byWorkflow,
        undoing: { towards, reason },
      });
      return { at, reason: typeof data.reason === 'string' ? data.reason : reason };
    },

    /** Notifies the partner of the payment's state: an event in the outbox, from which its webhooks are sent. */
    async sendWebhookNotification(input: PaymentStepInput): Promise<void> {
      const { state } = await find(input);
      await applyStep(database, {
        ...paymentStep(input, paymentStates),
        event: { type: 'payment.notified', data: { state } },
      });
    },

    /**
     * Puts a payment whose outcome has been unknown for too long on the operator's list: once, however many runs report
     * it.
     */
    async reportOverduePayment(input: PaymentStepInput): Promise<void> {
      const { tenantId, paymentId } = input;
      const { unknownCall, since } = await find(input);
      await applyStep(database, {
        ...paymentStep(input, paymentStates),
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
            detail:
              `The outcome of the ${unknownCall ?? 'undoing'} at the gateway has been unknown for 24 hours; ` +
              'the platform looks it up every hour',
          });
        },
      });
    },

    /**
     * Releases a parent's payment, so that the next run can own it. Recorded once: a later run that found nothing new
     * records nothing.
     */
    async releasePayment(input: PaymentStepInput): Promise<void> {
      const { tenantId, paymentId, chain, step: name } = input;
      const lastEvent = await models.events
        .findOne({ tenantId, entityId: paymentId, type: 'payment.released' }, { step: 1 })
        .lean();
      // A repeat finds the payment released, and so no longer owned by this chain.
      if (lastEvent?.step === name) return;
      if (lastEvent) await models.payments.updateOne({ _id: paymentId, tenantId, chain }, { $set: { chain: null } });
      else
        await applyStep(database, {
          ...paymentStep(input, paymentStates),
          set: { chain: null },
          event: { type: 'payment.released' },
        });
    },
  };
};
