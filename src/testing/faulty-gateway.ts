import { GatewayOutcomeUnknown, GatewayRequestRefused, GatewayUnavailable } from '../clients/gateway-errors';
import type { PaymentGateway } from '../clients/payment-gateway';

/** A real gateway that goes wrong for the payments a test names. What is taken from a set goes wrong once. */
export function createFaultyGateway() {
  const faults = {
    /** Look-ups are not answered. */
    blind: new Set<string>(),
    /** Voids are not taken. */
    unvoidable: new Set<string>(),
    /** A void is done and not answered (once). */
    silentVoid: new Set<string>(),
    /** An authorisation is made and not answered (once). */
    silentAuthorise: new Set<string>(),
    /** An authorisation never arrives, and nobody knows (once). */
    lostOnTheWay: new Set<string>(),
    /** A capture never arrives, and nobody knows (once). */
    captureLost: new Set<string>(),
    /** `<payment>:<call>` that is done, and whose worker dies before it can keep the answer (once). */
    deadly: new Set<string>(),
    /** Every call is refused, as after the gateway's key was replaced. */
    lockedOut: new Set<string>(),
    /** Authorisations are refused, look-ups are answered: as with a key that may only read. */
    readOnly: new Set<string>(),
  };
  const paymentOf = ({ idempotencyKey }: { idempotencyKey: string }) => idempotencyKey.split(':')[0]!;
  const refuseLockedOut = (call: 'authorise' | 'lookUp', input: { idempotencyKey: string }) => {
    if (faults.lockedOut.has(paymentOf(input)) || (call === 'authorise' && faults.readOnly.has(paymentOf(input)))) throw new GatewayRequestRefused({ call, idempotencyKey: input.idempotencyKey, reason: '401' });
  };
  const dieAfter = <Input extends { idempotencyKey: string }, Result>(call: (input: Input) => Promise<Result>) => async (input: Input): Promise<Result> => {
    const answer = await call(input);
    if (faults.deadly.delete(input.idempotencyKey.split(':').slice(0, 2).join(':'))) throw new Error('The worker died');
    return answer;
  };
  const wrap = (gateway: PaymentGateway): PaymentGateway => ({
    ...gateway,
    async capture(input) {
      const { idempotencyKey } = input;
      if (faults.captureLost.delete(paymentOf(input))) throw new GatewayOutcomeUnknown({ call: 'capture', idempotencyKey, reason: 'lost' });
      return dieAfter((call: typeof input) => gateway.capture(call))(input);
    },
    async authorise(input) {
      const { idempotencyKey } = input;
      if (faults.lostOnTheWay.delete(paymentOf(input))) throw new GatewayOutcomeUnknown({ call: 'authorise', idempotencyKey, reason: 'lost' });
      refuseLockedOut('authorise', input);
      const answer = await dieAfter((call: typeof input) => gateway.authorise(call))(input);
      if (faults.silentAuthorise.delete(paymentOf(input))) throw new GatewayOutcomeUnknown({ call: 'authorise', idempotencyKey, reason: 'no answer' });
      return answer;
    },
    async lookUp(input) {
      refuseLockedOut('lookUp', input);
      if (faults.blind.has(paymentOf(input))) throw new GatewayUnavailable({ call: 'lookUp', reason: 'away' });
      return gateway.lookUp(input);
    },
    async void(input) {
      const { idempotencyKey } = input;
      if (faults.unvoidable.has(paymentOf(input))) throw new GatewayUnavailable({ call: 'void', reason: 'away' });
      const answer = await gateway.void(input);
      if (faults.silentVoid.delete(paymentOf(input))) throw new GatewayOutcomeUnknown({ call: 'void', idempotencyKey, reason: 'no answer' });
      return answer;
    },
  });
  return { faults, wrap };
}
