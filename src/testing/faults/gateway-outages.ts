import {
  GatewayOutcomeUnknown,
  GatewayRequestRefused,
  GatewayUnavailable,
  type GatewayCallName,
  type GatewayOperation,
} from '../../clients/gateways/gateway-errors';
import type { PaymentGateway } from '../../clients/gateways/payment-gateway';

/**
 * `away`: nothing is taken, and that is known. `mute`: what is asked for is done and not answered. `deaf`: it never
 * arrives, and nobody knows. `locked_out`: every request is refused, as after the gateway's key was replaced.
 */
export const outages = ['away', 'mute', 'deaf', 'locked_out'] as const;
export type Outage = (typeof outages)[number];

/**
 * A real gateway that is out of order for the customers a test names, for as long as it names them; all others are
 * served.
 */
export function createGatewayOutages() {
  /** By customer. */
  const current = new Map<string, Outage>();
  /** Whose a payment or an authorisation is: not every call says so. */
  const customerOf = new Map<string, string>();

  const outageOf = (input: {
    customerId?: string;
    authorisationId?: string;
    idempotencyKey?: string;
  }): Outage | undefined => {
    const { customerId, authorisationId = '', idempotencyKey = '' } = input;
    return current.get(
      customerId ?? customerOf.get(authorisationId) ?? customerOf.get(paymentIn(idempotencyKey)) ?? '',
    );
  };

  const operate =
    <Input extends { customerId?: string; authorisationId?: string; idempotencyKey: string }, Result>(
      call: GatewayOperation,
      act: (input: Input) => Promise<Result>,
    ) =>
    async (input: Input): Promise<Result> => {
      const { idempotencyKey } = input;
      const outage = outageOf(input);
      if (outage === 'away') throw new GatewayUnavailable({ call, idempotencyKey, reason: 'away' });
      if (outage === 'locked_out') throw new GatewayRequestRefused({ call, idempotencyKey, reason: '401' });
      if (outage === 'deaf') throw new GatewayOutcomeUnknown({ call, idempotencyKey, reason: 'lost' });
      const answer = await act(input);
      if (outage === 'mute') throw new GatewayOutcomeUnknown({ call, idempotencyKey, reason: 'no answer' });
      return answer;
    };

  const read =
    <Input extends { customerId?: string; authorisationId?: string; idempotencyKey?: string }, Result>(
      call: GatewayCallName,
      act: (input: Input) => Promise<Result>,
    ) =>
    async (input: Input): Promise<Result> => {
      const outage = outageOf(input);
      if (outage === 'locked_out') throw new GatewayRequestRefused({ call, reason: '401' });
      if (outage) throw new GatewayUnavailable({ call, reason: outage });
      return act(input);
    };

  const wrap = (gateway: PaymentGateway): PaymentGateway => ({
    authorise(input) {
      const { customerId } = input;
      if (customerId) customerOf.set(paymentIn(input.idempotencyKey), customerId);
      return operate('authorise', async (call: typeof input) => {
        const answer = await gateway.authorise(call);
        if (customerId && answer.authorisationId !== null) customerOf.set(answer.authorisationId, customerId);
        return answer;
      })(input);
    },
    capture: operate('capture', (input) => gateway.capture(input)),
    void: operate('void', (input) => gateway.void(input)),
    refund: operate('refund', (input) => gateway.refund(input)),
    lookUp: read('lookUp', (input) => gateway.lookUp(input)),
    getPaymentMethod: read('getPaymentMethod', (input) => gateway.getPaymentMethod(input)),
  });
  return { current, wrap };
}

const paymentIn = (idempotencyKey: string): string => idempotencyKey.split(':')[0]!;
