import {
  GatewayOutcomeUnknown,
  GatewayRequestRefused,
  GatewayUnavailable,
  type GatewayCallName,
  type GatewayOperation,
} from '../../clients/gateways/gateway-errors';
import type { PaymentGateway } from '../../clients/gateways/payment-gateway';

/**
 * `away`: calls fail, and the caller knows it. `mute`: calls are executed without an answer. `deaf`: calls never
 * arrive, and the caller gets no answer. `locked_out`: every call is refused, as with a replaced gateway key.
 */
export const outages = ['away', 'mute', 'deaf', 'locked_out'] as const;
export type Outage = (typeof outages)[number];

/**
 * Wraps a real gateway with outages for the customers that a test names, for as long as it names them; all others are
 * served.
 */
export function createGatewayOutages() {
  /** The present outage by customer. */
  const current = new Map<string, Outage>();
  /** The customer by payment or authorisation, because not every call names the customer. */
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
