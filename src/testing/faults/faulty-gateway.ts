import {
  GatewayOutcomeUnknown,
  GatewayRequestRefused,
  GatewayUnavailable,
  type GatewayOperation,
} from '../../clients/gateways/gateway-errors';
import type { PaymentGateway } from '../../clients/gateways/payment-gateway';

/** Wraps a real gateway that fails for the payments that a test names. Faults marked "once" remove their payment. */
export function createFaultyGateway() {
  const faults = {
    /** Look-ups get no answer. */
    blind: new Set<string>(),
    /** Voids are refused for now. */
    unvoidable: new Set<string>(),
    /** Voids fail with an unexpected error. */
    stumbling: new Set<string>(),
    /** `<payment or refund>:<call>`: the call is executed without an answer (once). */
    silent: new Set<string>(),
    /** An authorisation never arrives, and the caller gets no answer (once). */
    lostOnTheWay: new Set<string>(),
    /** An authorisation fails with an error that the gateway keeps under its key; taken out, the key is forgotten. */
    keptError: new Set<string>(),
    /** A capture never arrives, and the caller gets no answer (once). */
    captureLost: new Set<string>(),
    /** Captures are refused for good. */
    uncapturable: new Set<string>(),
    /** An authorisation is executed, but the calling attempt fails before it can record the answer (once). */
    brokenOff: new Set<string>(),
    /** Every call is refused, as with a replaced gateway key. */
    lockedOut: new Set<string>(),
    /** Authorisations are refused and look-ups answered, as with a read-only key. */
    readOnly: new Set<string>(),
  };
  const seen = { lookUps: 0 };
  const paymentOf = ({ idempotencyKey }: { idempotencyKey: string }) => idempotencyKey.split(':')[0]!;
  const refuseLockedOut = (call: 'authorise' | 'lookUp', input: { idempotencyKey: string }) => {
    if (faults.lockedOut.has(paymentOf(input)) || (call === 'authorise' && faults.readOnly.has(paymentOf(input))))
      throw new GatewayRequestRefused({ call, idempotencyKey: input.idempotencyKey, reason: '401' });
  };
  const unlessSilent = <Result>(
    call: GatewayOperation,
    { idempotencyKey }: { idempotencyKey: string },
    answer: Result,
  ): Result => {
    if (faults.silent.delete(idempotencyKey.split(':').slice(0, 2).join(':')))
      throw new GatewayOutcomeUnknown({ call, idempotencyKey, reason: 'no answer' });
    return answer;
  };
  const wrap = (gateway: PaymentGateway): PaymentGateway => ({
    ...gateway,
    async capture(input) {
      const { idempotencyKey } = input;
      if (faults.captureLost.delete(paymentOf(input)))
        throw new GatewayOutcomeUnknown({ call: 'capture', idempotencyKey, reason: 'lost' });
      if (faults.uncapturable.has(paymentOf(input))) return { status: 'rejected', reason: 'other' };
      return gateway.capture(input);
    },
    async authorise(input) {
      const { idempotencyKey } = input;
      if (faults.keptError.has(paymentOf(input)))
        throw new GatewayOutcomeUnknown({ call: 'authorise', idempotencyKey, reason: '500' });
      if (faults.lostOnTheWay.delete(paymentOf(input)))
        throw new GatewayOutcomeUnknown({ call: 'authorise', idempotencyKey, reason: 'lost' });
      refuseLockedOut('authorise', input);
      const answer = await gateway.authorise(input);
      if (faults.brokenOff.delete(paymentOf(input))) throw new Error('Broken off');
      return unlessSilent('authorise', input, answer);
    },
    async lookUp(input) {
      seen.lookUps += 1;
      refuseLockedOut('lookUp', input);
      if (faults.blind.has(paymentOf(input))) throw new GatewayUnavailable({ call: 'lookUp', reason: 'away' });
      return gateway.lookUp(input);
    },
    async void(input) {
      if (faults.stumbling.has(paymentOf(input))) throw new TypeError('Cannot read properties of undefined');
      if (faults.unvoidable.has(paymentOf(input))) throw new GatewayUnavailable({ call: 'void', reason: 'away' });
      return unlessSilent('void', input, await gateway.void(input));
    },
    async refund(input) {
      return unlessSilent('refund', input, await gateway.refund(input));
    },
  });
  return { faults, seen, wrap };
}
