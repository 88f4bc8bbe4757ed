import type { ActivityDependencies } from '../dependencies';
import { gatewayKey } from '../../src/contracts/payments/payment';
import type { CompensationAnswer, PaymentStepInput } from '../../src/contracts/payments/payment-activities';
import { DomainError } from '../../src/domain/domain-error';
import { paymentAfter, paymentAfterSilence } from '../../src/domain/payments/gateway-outcome';
import { paymentTimes, positionOf, settledPaymentStates } from '../../src/domain/payments/payment';
import type { Payment } from '../../src/models/payments/payment';
import { findEntity } from '../../src/services/find-entity';
import { movePayment } from '../../src/services/payments/move-payment';
import { recordUndoFailure } from '../../src/services/payments/payment-effects';
import { recordHold } from '../../src/services/payments/record-hold';
import { isGatewayError, saidOfAuthorise, saidOfVoid, type Said } from './gateway-answers';
import { authorisationOf, authoriseInputOf } from './payment-gateway';
import { findEffect, isTooLateToSend, overdueAtOf } from './send-effect';

const UNAVAILABLE = ['GatewayUnavailable', 'GatewayRequestRefused', 'VoidRefused'] as const;

/** Undoes a payment at the gateway: gives up what is held, or may be. */
export const createPaymentCompensationActivities = ({ database, gatewayFor }: ActivityDependencies) => {
  const find = ({ tenantId, paymentId }: PaymentStepInput) =>
    findEntity({ database, tenantId, entityType: 'payment', entityId: paymentId });

  /**
   * Returns what became of an authorisation that was sent and not answered. That the gateway does not show it is no
   * proof, the call may still be on its way; the same call with the same key is: it gets the first answer, or is the
   * first. After 24 hours the call is not on its way any more and must not be sent again, so nothing is held.
   */
  const settleAuthorise = async ({ at }: PaymentStepInput, payment: Payment): Promise<Said> => {
    const call = authoriseInputOf(payment, at);
    const gateway = gatewayFor(payment.tenantId);
    const found = await gateway.lookUp({
      tenantId: call.tenantId,
      idempotencyKey: call.idempotencyKey,
      at,
      operation: 'authorise',
    });
    if (found.status === 'found' && found.operation === 'authorise') return saidOfAuthorise(found.result);
    const effect = await findEffect({ database, tenantId: call.tenantId, key: call.idempotencyKey });
    if (isTooLateToSend({ effect, at })) return { status: 'not_found', reason: null };
    return saidOfAuthorise(await gateway.authorise(call));
  };

  /** The void is decisive: after it no capture succeeds, and one that came first is told as `captured`. */
  const voidHold = async ({ at, tenantId }: PaymentStepInput, payment: Payment): Promise<Said> => {
    const call = {
      tenantId,
      at,
      idempotencyKey: gatewayKey(payment._id, 'void'),
      authorisationId: authorisationOf(payment),
    };
    const gateway = gatewayFor(tenantId);
    const found = payment.unknownCall === 'void' ? await gateway.lookUp({ ...call, operation: 'void' }) : null;
    return saidOfVoid(
      found?.status === 'found' && found.operation === 'void' ? found.result : await gateway.void(call),
    );
  };

  /**
   * A customer who confirmed just before the void made the hold real: that stands in the gateway's books, and so in
   * ours. Asked once the void is decided, since nothing of it changes any more.
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
    if (found.status === 'found' && found.operation === 'authorise' && found.result.status === 'authorised')
      await recordHold({ database, ...input, step: `${input.step}/hold` });
  };

  const undo = async (input: PaymentStepInput): Promise<CompensationAnswer> => {
    let payment = await find(input);
    if (payment.authorisationId === null) {
      const said = await settleAuthorise(input, payment);
      const next = paymentAfter({ position: positionOf(payment), status: said.status });
      if (next !== 'authorised' && next !== 'requires_action')
        return { status: said.status, reason: said.reason, position: positionOf(payment) };
      await movePayment({ database, ...input, step: `${input.step}/found`, to: next, ...said });
      payment = await find(input);
    }
    const position = positionOf(payment);
    try {
      const said = await voidHold(input, payment);
      if (payment.authorisedMinor > 0) return { ...said, position };
      // Confirmed and taken at the gateway itself, both before our void came: it is captured by way of the hold that it
      // was.
      if (said.status === 'captured' && paymentAfter({ position, status: 'authorised' }) === 'authorised') {
        await movePayment({ database, ...input, step: `${input.step}/hold`, to: 'authorised' });
        return { ...said, position: 'authorised' };
      }
      await bookHold(input, payment);
      return { ...said, position };
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
     * Harmless where nothing was sent or nothing is held, and repeated by the workflow until it succeeds. What keeps
     * failing is on the operator's list, who may waive it.
     */
    async compensatePayment(input: PaymentStepInput): Promise<CompensationAnswer> {
      const { tenantId, paymentId } = input;
      const noAnswer = async (status: 'unknown' | 'unavailable'): Promise<CompensationAnswer> => {
        const now = await find(input);
        // A void may be sent again at any time: it takes nothing, and is decided by the state of the authorisation.
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
        return answer.status === 'unknown' ? await noAnswer('unknown') : answer;
      } catch (error) {
        // No answer to a settling call: it may have happened, and is settled by its key next time.
        if (isGatewayError(error, 'GatewayOutcomeUnknown')) return noAnswer('unknown');
        // A rule of ours ends the process, and the reconciler lists that.
        if (error instanceof DomainError) throw error;
        // What nobody foresaw is counted too before the server tries again: it must not go on for ever unseen.
        await recordUndoFailure({ database, effect: ref, error });
        if (!UNAVAILABLE.some((name) => isGatewayError(error, name))) throw error;
        return noAnswer('unavailable');
      }
    },
  };
};
