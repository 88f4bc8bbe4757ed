import type { ActivityDependencies } from '../dependencies';
import { gatewayKey, refundPaymentId, type RefundRef } from '../../src/contracts/payments/payment';
import type { RefundAnswer, RefundStepInput, SettleRefundInput } from '../../src/contracts/payments/payment-activities';
import { byWorkflow } from '../../src/domain/actor';
import type { Money } from '../../src/domain/money';
import { postRefund } from '../../src/domain/payments/ledger';
import {
  paymentStateOfFunds,
  refundStates,
  refundTransitions,
  settleRefund,
  type RefundState,
} from '../../src/domain/payments/refund';
import { sourcesOf } from '../../src/domain/transitions';
import type { Compensation } from '../../src/models/payments/compensation';
import type { RefundInput } from '../../src/clients/gateways/payment-gateway';
import { applyStep } from '../../src/services/apply-step';
import { claimEntity } from '../../src/services/claim-entity';
import { findEntity } from '../../src/services/find-entity';
import { mendStuckItem, openStuckItem } from '../../src/services/operator/stuck-items';
import { insertPostings } from '../../src/services/payments/insert-postings';
import { FAILED_AFTER_SUCCESS } from '../../src/services/payments/late-refund-failure';
import { registerEffect, type NewEffect } from '../../src/services/payments/payment-effects';
import { isGatewayError, REQUEST_REFUSED, reportOfRefund } from './gateway-reports';
import { listDifference } from './list-difference';
import { authorisationOf } from './payment-gateway';
import { paymentKey, refundKey, refundStep } from './payment-step';
import { findEffect, isTooLateToSend, mayHaveArrived, sendEffect } from './send-effect';

const FAILED_AFTER_ALL = { outcome: 'failed', reason: FAILED_AFTER_SUCCESS } as const;

/** Refunds captured money. A refund without a response stays `pending` and is settled by its key. */
export const createRefundActivities = ({ database, gatewayFor }: ActivityDependencies) => {
  const { models } = database;

  const find = (input: RefundRef) => findEntity({ database, ...refundKey(input) });

  const effectOf = ({ tenantId, refundId, at }: Pick<RefundStepInput, 'tenantId' | 'refundId' | 'at'>): NewEffect => ({
    tenantId,
    key: gatewayKey(refundId, 'refund'),
    entityType: 'refund',
    entityId: refundId,
    effect: 'refund',
    at,
  });

  /**
   * Returns the refund's result at the gateway: the recorded one where the key is known there; otherwise the result of
   * the same call with the same key, which is the first call or returns the first result. 24 hours after the first
   * attempt it only looks up the refund.
   */
  const refundOnce = async (
    call: RefundInput & { amount: Money },
    earlier: Compensation | null,
  ): Promise<RefundAnswer> => {
    const gateway = gatewayFor(call.tenantId);
    const { tenantId, at, idempotencyKey, authorisationId, amount } = call;
    const found = earlier?.sent
      ? await gateway.lookUp({ tenantId, at, idempotencyKey, authorisationId, operation: 'refund' })
      : null;
    if (found?.status === 'found' && found.operation === 'refund') return reportOfRefund(found.result, amount);
    if (isTooLateToSend({ effect: earlier, at })) return { status: 'unknown', reason: null };
    return reportOfRefund(await gateway.refund(call), amount);
  };

  return {
    /** Makes this run the owner of the refund, registers the effect that follows, and returns the refund's state. */
    async beginRefund(input: RefundStepInput): Promise<{ state: RefundState; since: string }> {
      const { chain } = input;
      const refund = await claimEntity({ database, ...refundKey(input), chain });
      const since = refund.createdAt.toISOString();
      if (refund.state !== 'pending') return { state: refund.state, since };
      await applyStep(database, {
        ...refundStep(input, ['pending']),
        event: { type: 'refund.started' },
        alongside: async (session) => {
          await registerEffect({ database, session, effect: effectOf(input), sent: false });
        },
      });
      return { state: 'pending', since };
    },

    /** Sends the refund to the gateway, or looks up the outcome of a refund that was sent. */
    async processRefundGateway({ at, chain, ...ref }: RefundStepInput): Promise<RefundAnswer> {
      const { _id: refundId, tenantId, paymentId, amount } = await find(ref);
      const payment = await findEntity({ database, ...paymentKey({ tenantId, paymentId }) });
      const key = gatewayKey(refundId, 'refund');
      const call = {
        tenantId,
        at,
        idempotencyKey: key,
        authorisationId: authorisationOf(payment),
        amount,
        reference: refundId,
      };
      const earlier = await findEffect({ database, tenantId, key });
      try {
        const { status, reason } = await sendEffect({
          database,
          effect: effectOf({ tenantId, refundId, at }),
          call: () => refundOnce(call, earlier),
        });
        return { status, reason };
      } catch (error) {
        const differs = await listDifference({ database, ...refundKey({ tenantId, refundId }), chain, at }, error);
        if (differs || isGatewayError(error, 'GatewayOutcomeUnknown')) return { status: 'unknown', reason: null };
        if (isGatewayError(error, 'GatewayUnavailable')) return { status: 'unavailable', reason: null };
        if (isGatewayError(error, 'GatewayRequestRefused')) {
          return (await mayHaveArrived({ database, tenantId, key }))
            ? { status: 'unknown', reason: null }
            : { status: 'failed', reason: REQUEST_REFUSED };
        }
        throw error;
      }
    },

    /**
     * Ends the refund in one transaction: its state, the payment's funds and state, the reservation and the books.
     * Returns the state. A failure that the gateway reported meanwhile overrules its earlier report of success.
     */
    async settleRefund(input: SettleRefundInput): Promise<{ state: RefundState }> {
      const { tenantId, refundId, at } = input;
      const { paymentId, amount, failureReported } = await find(input);
      const isLateFailure = failureReported && input.outcome === 'succeeded';
      const { outcome, reason } = isLateFailure ? FAILED_AFTER_ALL : input;
      const own = { _id: refundId, tenantId };
      const key = gatewayKey(refundId, 'refund');
      const { state } = await applyStep(database, {
        ...refundStep(input, sourcesOf(refundTransitions, outcome)),
        to: outcome,
        set: { failure: reason },
        event: { type: `refund.${outcome}`, data: { reason } },
        alongside: async (session, settledAt) => {
          const isFailed = await models.refunds.exists({ ...own, failureReported: true }).session(session);
          // Reported since the refund was read: the step is decided again.
          if (isFailed && outcome === 'succeeded')
            throw new Error(`The gateway reports that refund ${refundId} failed`);
          const payment = await models.payments.findOne({ _id: paymentId, tenantId }).session(session).lean().orFail();
          const { capturedMinor, refundedMinor, pendingRefundMinor } = payment;
          const funds = settleRefund({
            funds: { currency: payment.amount.currency, capturedMinor, refundedMinor, pendingRefundMinor },
            amount,
            outcome,
          });
          const applied = await applyStep(
            database,
            {
              ...paymentKey({ tenantId, paymentId }),
              step: `refund/${refundId}/settled`,
              at,
              by: byWorkflow,
              from: [payment.state],
              to: paymentStateOfFunds(funds),
              set: { refundedMinor: funds.refundedMinor, pendingRefundMinor: funds.pendingRefundMinor },
              event: { type: `payment.refund_${outcome}`, data: { refundId, amountMinor: amount.amountMinor, reason } },
            },
            session,
          );
          if (outcome === 'succeeded') {
            const postings = [postRefund({ key, paymentId, amount })];
            await insertPostings({ database, session, tenantId, postings, at: new Date(applied.at) });
          }
          await models.compensations.updateOne(
            { tenantId, key },
            { $set: { state: outcome === 'succeeded' ? 'done' : 'none', updatedAt: settledAt } },
            { session },
          );
          await mendStuckItem({
            database,
            session,
            kind: ['outcome_unknown', 'amount_differs'],
            subject: refundPaymentId(refundId),
          });
        },
      });
      return { state: state as RefundState };
    },

    /** Puts a refund whose outcome has been unknown for too long on the operator's list. */
    async reportOverdueRefund(input: RefundStepInput): Promise<void> {
      const { tenantId, refundId } = input;
      await applyStep(database, {
        ...refundStep(input, refundStates),
        event: { type: 'refund.outcome_overdue' },
        alongside: async (session) => {
          await openStuckItem({
            database,
            session,
            tenantId,
            kind: 'outcome_unknown',
            entityType: 'refund',
            entityId: refundId,
            subject: refundPaymentId(refundId),
            detail: 'The outcome of the refund has been unknown for 24 hours; the platform looks it up every hour',
          });
        },
      });
    },
  };
};
