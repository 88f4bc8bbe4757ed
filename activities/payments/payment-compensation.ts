import type { ActivityDependencies } from '../dependencies';
import { gatewayKey } from '../../src/contracts/payments/payment';
import type { CompensationAnswer, PaymentStepInput } from '../../src/contracts/payments/payment-activities';
import { DomainError } from '../../src/domain/domain-error';
import { moneyOf } from '../../src/domain/money';
import { paymentAfter, paymentAfterSilence } from '../../src/domain/payments/gateway-outcome';
import { paymentTimes, positionOf, settledPaymentStates } from '../../src/domain/payments/payment';
import type { Payment } from '../../src/models/payments/payment';
import { findEntity } from '../../src/services/find-entity';
import { movePayment } from '../../src/services/payments/move-payment';
import { recordUndoFailure } from '../../src/services/payments/payment-effects';
import { recordHold } from '../../src/services/payments/record-hold';
import {
  AmountDiffers,
  isGatewayError,
  reportOfAuthorise,
  reportOfCapture,
  reportOfVoid,
  type GatewayReport,
} from './gateway-reports';
import { listDifference } from './list-difference';
import { authorisationOf, authoriseInputOf } from './payment-gateway';
import { paymentKey } from './payment-step';
import { findEffect, isTooLateToSend, overdueAtOf } from './send-effect';

const UNAVAILABLE = ['GatewayUnavailable', 'GatewayRequestRefused', 'VoidRefused', 'AmountDiffers'] as const;

/** Undoes a payment at the gateway: releases every hold that exists or may exist. */
export const createPaymentCompensationActivities = ({ database, gatewayFor }: ActivityDependencies) => {
  const find = (input: PaymentStepInput) => findEntity({ database, ...paymentKey(input) });

  /**
   * Returns the outcome of an authorisation that was sent and got no response. The gateway's "never seen" is no proof,
   * as the call may still be in transit. The same call with the same key is a proof: it returns the first result, or is
   * the first. After 24 hours the call is no longer in transit and must not be sent again, so nothing is held.
   */
  const settleAuthorise = async ({ at }: PaymentStepInput, payment: Payment): Promise<GatewayReport> => {
    const call = authoriseInputOf(payment, at);
    const gateway = gatewayFor(payment.tenantId);
    const found = await gateway.lookUp({
      tenantId: call.tenantId,
      idempotencyKey: call.idempotencyKey,
      at,
      operation: 'authorise',
    });
    if (found.status === 'found' && found.operation === 'authorise')
      return reportOfAuthorise(found.result, payment.amount);
    const effect = await findEffect({ database, tenantId: call.tenantId, key: call.idempotencyKey });
    if (isTooLateToSend({ effect, at })) return { status: 'not_found', reason: null };
    return reportOfAuthorise(await gateway.authorise(call), payment.amount);
  };

  /**
   * Throws `AmountDiffers` when the capture that came before a void was made under our key, but not for the amount that
   * we asked for. Any other capture was made at the gateway itself, by a person.
   */
  const requireOwnCaptureAsAsked = async ({ at, tenantId }: PaymentStepInput, payment: Payment): Promise<void> => {
    const { captureMinor, amount: authorised } = payment;
    const found = await gatewayFor(tenantId).lookUp({
      tenantId,
      at,
      idempotencyKey: gatewayKey(payment._id, 'capture'),
      authorisationId: authorisationOf(payment),
      operation: 'capture',
    });
    if (found.status === 'found' && found.operation === 'capture')
      reportOfCapture(found.result, { asked: moneyOf(captureMinor ?? 0, authorised.currency), authorised });
  };

  /**
   * Sends the void, which is decisive: after it no capture succeeds, and an earlier capture is reported as `captured`.
   */
  const voidHold = async (input: PaymentStepInput, payment: Payment): Promise<GatewayReport> => {
    const { at, tenantId } = input;
    const call = {
      tenantId,
      at,
      idempotencyKey: gatewayKey(payment._id, 'void'),
      authorisationId: authorisationOf(payment),
    };
    const gateway = gatewayFor(tenantId);
    const found = payment.unknownCall === 'void' ? await gateway.lookUp({ ...call, operation: 'void' }) : null;
    const isFound = found?.status === 'found' && found.operation === 'void';
    const report = reportOfVoid(isFound ? found.result : await gateway.void(call), payment.amount);
    if (report.status === 'captured' && report.capturedMinor !== payment.captureMinor)
      await requireOwnCaptureAsAsked(input, payment);
    return report;
  };

  /**
   * Posts the hold of a customer who confirmed just before the void: the gateway's books contain it, so ours must too.
   * The look-up comes after the void has been decided, because then the result no longer changes.
   */
  const bookHold = async (input: PaymentStepInput, payment: Payment): Promise<void> => {
    const { tenantId, at } = input;
    const lookUp = {
      tenantId,
      at,
      idempotencyKey: gatewayKey(payment._id, 'authorise'),
      authorisationId: authorisationOf(payment),
      operation: 'authorise',
    } as const;
    const found = await gatewayFor(tenantId).lookUp(lookUp);
    if (found.status !== 'found' || found.operation !== 'authorise') return;
    try {
      if (reportOfAuthorise(found.result, payment.amount).status === 'authorised')
        await recordHold({ database, ...input, step: `${input.step}/hold` });
    } catch (error) {
      // The void is confirmed: what it released is a difference for a person, and keeps nobody from ending the payment.
      if (!(await listDifference({ database, ...input, ...paymentKey(input) }, error))) throw error;
    }
  };

  /** Voids a hold of another amount than was asked for; nothing of it is booked. */
  const voidDiffering = async (
    input: PaymentStepInput,
    payment: Payment,
    found: AmountDiffers,
  ): Promise<CompensationAnswer> => {
    await listDifference({ database, ...input, ...paymentKey(input) }, found);
    const { status, reason } = await voidHold(input, { ...payment, authorisationId: found.authorisationId });
    return { status, reason, position: positionOf(payment) };
  };

  const undo = async (input: PaymentStepInput): Promise<CompensationAnswer> => {
    let payment = await find(input);
    if (payment.authorisationId === null) {
      const report = await settleAuthorise(input, payment).catch((error: unknown) => {
        if (error instanceof AmountDiffers && error.authorisationId !== null) return error;
        throw error;
      });
      if (report instanceof AmountDiffers) return voidDiffering(input, payment, report);
      const next = paymentAfter({ position: positionOf(payment), status: report.status });
      if (next !== 'authorised' && next !== 'requires_action')
        return { status: report.status, reason: report.reason, position: positionOf(payment) };
      await movePayment({ database, ...input, step: `${input.step}/found`, to: next, ...report });
      payment = await find(input);
    }
    const position = positionOf(payment);
    try {
      const { status, reason, capturedMinor } = await voidHold(input, payment);
      const outcome = { status, reason, capturedMinor };
      if (payment.authorisedMinor > 0) return { ...outcome, position };
      // Confirmed and captured at the gateway itself, both before our void arrived: the payment becomes captured by way
      // of its hold.
      if (status === 'captured' && paymentAfter({ position, status: 'authorised' }) === 'authorised') {
        await movePayment({ database, ...input, step: `${input.step}/hold`, to: 'authorised' });
        return { ...outcome, position: 'authorised' };
      }
      await bookHold(input, payment);
      return { ...outcome, position };
    } catch (error) {
      if (!isGatewayError(error, 'GatewayOutcomeUnknown')) throw error;
      const next = paymentAfterSilence({ position, call: 'void' });
      const until = new Date(Date.parse(input.at) + paymentTimes.unknownMs).toISOString();
      if (next) await movePayment({ database, ...input, step: `${input.step}/silence`, to: next, until });
      return { status: 'unknown', reason: null, position: next ?? position };
    }
  };

  return {
    /**
     * Does nothing where nothing was sent or nothing is held. The workflow repeats it until it succeeds. An undoing
     * that keeps failing is on the list of the operator, who may waive it.
     */
    async compensatePayment(input: PaymentStepInput): Promise<CompensationAnswer> {
      const { tenantId, paymentId } = input;
      const noOutcome = async (status: 'unknown' | 'unavailable'): Promise<CompensationAnswer> => {
        const now = await find(input);
        // A void may be sent again at any time: it takes no money, and the state of the authorisation decides it.
        const overdueAt = now.unknownCall === 'void' ? overdueAtOf({ sentAt: now.since }) : overdueAtOf(effect);
        return { status, reason: null, position: positionOf(now), overdueAt: overdueAt ?? undefined };
      };
      const ref = { tenantId, key: gatewayKey(paymentId, 'authorise') };
      const effect = await findEffect({ database, ...ref });
      const payment = await find(input);
      const position = positionOf(payment);
      if (settledPaymentStates.includes(payment.state))
        return { status: payment.capturedMinor > 0 ? 'captured' : 'voided', reason: null, position };
      if (!effect || effect.state === 'none' || (effect.state === 'intent' && !effect.sent))
        return { status: 'not_found', reason: null, position };
      if (effect.state === 'waived') return { status: 'waived', reason: null, position };
      try {
        const answer = await undo(input);
        return answer.status === 'unknown' ? await noOutcome('unknown') : answer;
      } catch (error) {
        // A settling call got no response: it may have taken effect, and the next attempt settles it by its key.
        if (isGatewayError(error, 'GatewayOutcomeUnknown')) return noOutcome('unknown');
        await listDifference({ database, ...input, ...paymentKey(input) }, error);
        // A broken business rule ends the process, and the reconciler lists that.
        if (error instanceof DomainError) throw error;
        // An unexpected error is counted too before Temporal tries again: it must not repeat unseen for ever.
        await recordUndoFailure({ database, effect: ref, error, at: input.at });
        if (!UNAVAILABLE.some((name) => isGatewayError(error, name))) throw error;
        return noOutcome('unavailable');
      }
    },
  };
};
