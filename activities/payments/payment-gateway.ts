import type { ActivityDependencies } from '../dependencies';
import { gatewayKey } from '../../src/contracts/payments/payment';
import type {
  GatewayAnswer,
  GatewayCallInput,
  LookUpPaymentInput,
} from '../../src/contracts/payments/payment-activities';
import { DomainError } from '../../src/domain/domain-error';
import { paymentAfter } from '../../src/domain/payments/gateway-outcome';
import { moneyOf } from '../../src/domain/money';
import { paymentTimes, positionOf, waitAfterAnswerMs, type PaymentPosition } from '../../src/domain/payments/payment';
import type { AuthoriseInput } from '../../src/clients/gateways/payment-gateway';
import type { Compensation } from '../../src/models/payments/compensation';
import type { Payment } from '../../src/models/payments/payment';
import { findEntity } from '../../src/services/find-entity';
import { movePayment } from '../../src/services/payments/move-payment';
import { captureMinorOf } from '../../src/services/payments/payment-changes';
import { effectOf } from '../../src/services/payments/payment-effects';
import { isGatewayError, REQUEST_REFUSED, saidOfAuthorise, saidOfCapture, type Said } from './gateway-answers';
import { findEffect, isTooLateToSend, overdueAtOf, sendEffect } from './send-effect';

/** Everything that makes an authorisation the same call: none of it ever changes. */
export const authoriseInputOf = (payment: Payment, at: string): AuthoriseInput => ({
  tenantId: payment.tenantId,
  idempotencyKey: gatewayKey(payment._id, 'authorise'),
  at,
  amount: payment.amount,
  paymentMethod: payment.paymentMethod,
  purpose: payment.purpose,
  reference: payment._id,
  ...(payment.customerId === null ? {} : { customerId: payment.customerId }),
  ...(payment.description === null ? {} : { description: payment.description }),
});

/**
 * The calls that move money. Temporal may run each more than once: the key is made of the payment and the call, and
 * under one key the gateway acts once. A gateway that is away is thrown and so waited out; no answer is an answer:
 * `unknown`.
 */
export const createPaymentGatewayActivities = ({ database, gatewayFor }: ActivityDependencies) => {
  const find = ({ tenantId, paymentId }: LookUpPaymentInput) =>
    findEntity({ database, tenantId, entityType: 'payment', entityId: paymentId });

  const ask = async (payment: Payment, call: GatewayCallInput['call'], at: string): Promise<Said> => {
    const gateway = gatewayFor(payment.tenantId);
    if (call === 'authorise') return saidOfAuthorise(await gateway.authorise(authoriseInputOf(payment, at)));
    return saidOfCapture(
      await gateway.capture({
        tenantId: payment.tenantId,
        idempotencyKey: gatewayKey(payment._id, 'capture'),
        at,
        authorisationId: authorisationOf(payment),
        amount: moneyOf(captureMinorOf(payment), payment.amount.currency),
      }),
    );
  };

  /** Keeps at once what carries the gateway's references: a hold, or the page where the customer confirms. */
  const keep = async (
    input: GatewayCallInput | LookUpPaymentInput,
    payment: Payment,
    { status, reason, capturedMinor, ...references }: Said,
  ): Promise<GatewayAnswer> => {
    const position = positionOf(payment);
    const next = paymentAfter({ position, status });
    if (next !== 'authorised' && next !== 'requires_action') return { status, reason, position, capturedMinor };
    const waitMs = waitAfterAnswerMs({ position: next, capture: payment.capture });
    const until = waitMs === null ? null : new Date(Date.parse(input.at) + waitMs).toISOString();
    await movePayment({ database, ...input, step: `${input.step}/answer`, to: next, until, ...references });
    return { status, reason, position: next };
  };

  const lookUp = async (input: LookUpPaymentInput): Promise<GatewayAnswer> => {
    const { tenantId, at, call } = input;
    const payment = await find(input);
    const position = positionOf(payment);
    // A repeat, after an attempt whose answer was kept but not reported.
    if (position === 'authorised' && call === 'authorise') return { status: 'authorised', reason: null, position };
    const { authorisationId } = payment;
    const key = gatewayKey(payment._id, call);
    try {
      const found = await gatewayFor(tenantId).lookUp({
        tenantId,
        at,
        operation: call,
        idempotencyKey: key,
        ...(authorisationId === null ? {} : { authorisationId }),
      });
      // A capture that the gateway never saw has taken nothing: the hold is as it was.
      if (found.status === 'not_found') {
        const effect = await findEffect({ database, tenantId, key });
        // The call must not be sent again by now, so that the gateway does not show it leads nowhere.
        if (isTooLateToSend({ effect, at })) return noAnswer('unavailable', position, effect);
        return { status: call === 'capture' ? 'authorised' : 'not_found', reason: null, position };
      }
      if (found.operation === 'authorise') return await keep(input, payment, saidOfAuthorise(found.result));
      if (found.operation === 'capture') return { ...saidOfCapture(found.result), position };
      throw new Error(`The gateway told of a ${found.operation} under the key of ${call}`);
    } catch (error) {
      // A refused look-up (a key that was replaced) tells as little, and must not keep the process from telling an
      // operator.
      const tellsNothing =
        isGatewayError(error, 'GatewayUnavailable') || isGatewayError(error, 'GatewayRequestRefused');
      if (tellsNothing) return noAnswer('unavailable', position, await findEffect({ database, tenantId, key }));
      throw error;
    }
  };

  /**
   * A refusal says nothing of an attempt before it: under the key the gateway may. What it has never seen, once that
   * attempt has arrived or died on its way, has failed; what may be held all the same is given back first.
   */
  const settleRefused = async (
    input: GatewayCallInput,
    underWay: 'authorising' | 'capturing',
  ): Promise<GatewayAnswer> => {
    const { tenantId, paymentId, call, at } = input;
    const failed = { status: 'failed', reason: REQUEST_REFUSED, position: underWay } as const;
    const effect = await findEffect({ database, tenantId, key: gatewayKey(paymentId, call) });
    if (!effect?.sent) return failed;
    const found = await lookUp(input);
    const isUnseen = found.status === 'not_found' || (call === 'capture' && found.status === 'authorised');
    if (!isUnseen && found.status !== 'unavailable') return found;
    const mayBeOnItsWay = Date.parse(at) - effect.updatedAt.getTime() < paymentTimes.arrivalMs;
    return isUnseen && !mayBeOnItsWay ? { ...failed, mayHold: true } : noAnswer('unknown', underWay, effect);
  };

  return {
    /** Asks the gateway to hold the amount or to take it, after writing down that it will. */
    async processPaymentGateway(input: GatewayCallInput): Promise<GatewayAnswer> {
      const { at, call, step } = input;
      const underWay = call === 'authorise' ? 'authorising' : 'capturing';
      const before = await find(input);
      // A repeat, after an attempt whose answer was kept but not reported.
      if (call === 'authorise' && (before.state === 'authorised' || before.state === 'requires_action')) {
        return { status: before.state, reason: null, position: before.state };
      }
      if (before.state !== underWay) await movePayment({ database, ...input, step: `${step}/begin`, to: underWay });
      const payment = await find(input);
      const ref = { database, tenantId: payment.tenantId, key: gatewayKey(payment._id, call) };
      const earlier = await findEffect(ref);
      if (isTooLateToSend({ effect: earlier, at })) return noAnswer('unknown', underWay, earlier);
      try {
        const said = await sendEffect({
          database,
          effect: effectOf(payment, call, at),
          call: () => ask(payment, call, at),
        });
        return await keep(input, payment, said);
      } catch (error) {
        if (isGatewayError(error, 'GatewayOutcomeUnknown')) return noAnswer('unknown', underWay, await findEffect(ref));
        if (isGatewayError(error, 'GatewayRequestRefused')) return settleRefused(input, underWay);
        throw error;
      }
    },

    /** What the gateway says about a call by its key. Changes nothing there, so it may be asked any number of times. */
    lookUpPayment: (input: LookUpPaymentInput): Promise<GatewayAnswer> => lookUp(input),
  };
};

function noAnswer(
  status: 'unknown' | 'unavailable',
  position: PaymentPosition,
  effect: Compensation | null,
): GatewayAnswer {
  return { status, reason: null, position, overdueAt: overdueAtOf(effect) ?? undefined };
}

export function authorisationOf({ _id, authorisationId }: Payment): string {
  if (authorisationId === null)
    throw new DomainError('ILLEGAL_STATE', `payment ${_id} has no authorisation at the gateway`);
  return authorisationId;
}
