import type { ActivityDependencies } from '../dependencies';
import { gatewayKey } from '../../src/contracts/payments/payment';
import type {
  GatewayAnswer,
  GatewayCallInput,
  LookUpPaymentInput,
  PaymentStepInput,
} from '../../src/contracts/payments/payment-activities';
import { DomainError } from '../../src/domain/domain-error';
import { paymentAfter } from '../../src/domain/payments/gateway-outcome';
import { moneyOf } from '../../src/domain/money';
import {
  paymentTimes,
  positionOf,
  standingOf,
  waitAfterAnswerMs,
  type PaymentPosition,
} from '../../src/domain/payments/payment';
import type { AuthoriseInput } from '../../src/clients/gateways/payment-gateway';
import type { Compensation } from '../../src/models/payments/compensation';
import type { Payment } from '../../src/models/payments/payment';
import { findEntity } from '../../src/services/find-entity';
import { applyPaymentMove } from '../../src/services/payments/move-payment';
import { captureMinorOf, changesOf } from '../../src/services/payments/payment-changes';
import { effectOf } from '../../src/services/payments/payment-effects';
import {
  isGatewayError,
  REQUEST_REFUSED,
  reportOfAuthorise,
  reportOfCapture,
  type GatewayReport,
} from './gateway-reports';
import { listDifference } from './list-difference';
import { paymentKey } from './payment-step';
import { findEffect, isTooLateToSend, overdueAtOf, sendEffect, waitedMs } from './send-effect';

/** The positions that are recorded in the step of the call that leads to them. */
const recordedWithCall: readonly PaymentPosition[] = ['requires_action', 'authorised', 'captured'];

/** Returns the amounts that a capture of the payment is compared with. */
export const captureAskedOf = (payment: Payment) => ({
  asked: moneyOf(captureMinorOf(payment), payment.amount.currency),
  authorised: payment.amount,
});

/** Returns the parameters of the authorisation. All of them are immutable, so that a repeat is the same call. */
export const authoriseInputOf = (payment: Payment, at: string): AuthoriseInput => ({
  tenantId: payment.tenantId,
  idempotencyKey: gatewayKey(payment._id, 'authorise'),
  at,
  amount: payment.amount,
  paymentMethod: payment.paymentMethod,
  purpose: payment.purpose,
  reference: payment._id,
  ...(payment.customerId === null ? {} : { customerId: payment.customerId }),
  ...(payment.gatewayCustomerId === null
    ? {}
    : { gatewayCustomerId: payment.gatewayCustomerId, methodSaved: payment.methodSaved }),
  ...(payment.description === null ? {} : { description: payment.description }),
});

/**
 * The calls that move money. Temporal may run each more than once: the key is made of the payment and the call, and the
 * gateway acts once per key. An unavailable gateway throws and is retried; a missing response is a result: `unknown`.
 */
export const createPaymentGatewayActivities = ({ database, gatewayFor }: ActivityDependencies) => {
  const find = (input: PaymentStepInput) => findEntity({ database, ...paymentKey(input) });

  const sendCall = async (payment: Payment, call: GatewayCallInput['call'], at: string): Promise<GatewayReport> => {
    const gateway = gatewayFor(payment.tenantId);
    if (call === 'authorise')
      return reportOfAuthorise(await gateway.authorise(authoriseInputOf(payment, at)), payment.amount);
    const amounts = captureAskedOf(payment);
    const result = await gateway.capture({
      tenantId: payment.tenantId,
      idempotencyKey: gatewayKey(payment._id, 'capture'),
      at,
      authorisationId: authorisationOf(payment),
      amount: amounts.asked,
    });
    return reportOfCapture(result, amounts);
  };

  /**
   * Stores a result in the step of its call: a hold, or the page where the customer confirms, with the gateway's
   * references; and captured money, which settles the payment.
   */
  const recordReport = async (
    input: GatewayCallInput | LookUpPaymentInput,
    payment: Payment,
    { status, reason, capturedMinor, ...references }: GatewayReport,
  ): Promise<GatewayAnswer> => {
    const position = positionOf(payment);
    const next = paymentAfter({ position, status });
    if (next === null || !recordedWithCall.includes(next)) return { status, reason, position, capturedMinor };
    const waitMs = waitAfterAnswerMs({ ...payment, position: next });
    // The step was scheduled earlier where the gateway was away: its answer has the time at which it came.
    const atMs = Date.parse(input.at) + waitedMs();
    const at = new Date(atMs).toISOString();
    const until = waitMs === null ? null : new Date(atMs + waitMs).toISOString();
    const move = { to: next, at, until, capturedMinor, ...references };
    await applyPaymentMove({ database, payment, ...input, step: `${input.step}/answer`, ...move });
    return { status, reason, position: next };
  };

  /** Records that the call is under way, and returns the payment as it is from then on. */
  const begin = async (
    input: GatewayCallInput,
    payment: Payment,
    to: 'authorising' | 'capturing',
  ): Promise<Payment> => {
    await applyPaymentMove({ database, payment, ...input, step: `${input.step}/begin`, to });
    return { ...payment, ...standingOf(to), ...changesOf(payment, { to }) };
  };

  const lookUp = async (input: LookUpPaymentInput): Promise<GatewayAnswer> => {
    const { tenantId, at, call } = input;
    const payment = await find(input);
    const position = positionOf(payment);
    // A repeat, after an attempt whose result was stored but not reported.
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
      // A capture that the gateway never saw has taken nothing: the hold is unchanged.
      if (found.status === 'not_found') {
        const effect = await findEffect({ database, tenantId, key });
        // It is too late to send the call again, so its absence at the gateway settles nothing.
        if (isTooLateToSend({ effect, at })) return noOutcome('unavailable', position, effect);
        return { status: call === 'capture' ? 'authorised' : 'not_found', reason: null, position };
      }
      if (found.operation === 'authorise')
        return await recordReport(input, payment, reportOfAuthorise(found.result, payment.amount));
      if (found.operation === 'capture') {
        const { status, reason, capturedMinor } = reportOfCapture(found.result, captureAskedOf(payment));
        return { status, reason, position, capturedMinor };
      }
      throw new Error(`The gateway reported a ${found.operation} under the key of ${call}`);
    } catch (error) {
      // A refused look-up (a key that was replaced) says as little as an outage, and must not keep the process from
      // notifying an operator.
      const saysNothing =
        (await listDifference({ database, ...input, ...paymentKey(input) }, error)) ||
        isGatewayError(error, 'GatewayUnavailable') ||
        isGatewayError(error, 'GatewayRequestRefused');
      if (saysNothing) return noOutcome('unavailable', position, await findEffect({ database, tenantId, key }));
      throw error;
    }
  };

  /**
   * Settles a refused call. The refusal says nothing about an earlier attempt, but a look-up by its key may. If the
   * gateway has not seen the key once an earlier attempt must have arrived or been lost, the call has failed; a hold
   * that may exist all the same is voided first.
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
    return isUnseen && !mayBeOnItsWay ? { ...failed, mayHold: true } : noOutcome('unknown', underWay, effect);
  };

  return {
    /** Sends an authorisation or a capture to the gateway, after recording the intention. */
    async processPaymentGateway(input: GatewayCallInput): Promise<GatewayAnswer> {
      const { at, call } = input;
      const underWay = call === 'authorise' ? 'authorising' : 'capturing';
      const found = await find(input);
      const stored = storedAnswer(found, call);
      if (stored) return stored;
      const isRepeat = found.state === underWay;
      const payment = isRepeat ? found : await begin(input, found, underWay);
      const ref = { database, tenantId: payment.tenantId, key: gatewayKey(payment._id, call) };
      const earlier = isRepeat ? await findEffect(ref) : null;
      if (isTooLateToSend({ effect: earlier, at })) return noOutcome('unknown', underWay, earlier);
      try {
        const report = await sendEffect({
          database,
          effect: effectOf(payment, call, at),
          call: () => sendCall(payment, call, at),
        });
        return await recordReport(input, payment, report);
      } catch (error) {
        // A result about another amount settles nothing: the payment waits.
        const differs = await listDifference({ database, ...input, ...paymentKey(input) }, error);
        if (differs || isGatewayError(error, 'GatewayOutcomeUnknown'))
          return noOutcome('unknown', underWay, await findEffect(ref));
        if (isGatewayError(error, 'GatewayRequestRefused')) return settleRefused(input, underWay);
        throw error;
      }
    },

    /**
     * Returns the gateway's status of a call by its key. Changes nothing at the gateway, so it may be repeated any
     * number of times.
     */
    lookUpPayment: (input: LookUpPaymentInput): Promise<GatewayAnswer> => lookUp(input),
  };
};

/** Returns the answer that an earlier attempt has stored without reporting it; null for a call that has none. */
function storedAnswer({ state, capturedMinor }: Payment, call: GatewayCallInput['call']): GatewayAnswer | null {
  if (call === 'capture')
    return capturedMinor > 0 ? { status: 'captured', reason: null, position: 'captured', capturedMinor } : null;
  return state === 'authorised' || state === 'requires_action'
    ? { status: state, reason: null, position: state }
    : null;
}

function noOutcome(
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
