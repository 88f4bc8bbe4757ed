import { GatewayOutcomeUnknown, GatewayUnavailable } from '../../clients/gateways/gateway-errors';
import type { PaymentGateway } from '../../clients/gateways/payment-gateway';

export interface SilentGateway {
  /** While true, the call takes effect without a response, and look-ups and voids fail. */
  silent: boolean;
  /** For `wrapGateway` of a world. */
  wrap: (gateway: PaymentGateway) => PaymentGateway;
}

/** Returns a fault that a test switches on and off: a gateway that acts on one kind of call and does not respond. */
export function createSilentGateway(call: 'authorise' | 'capture'): SilentGateway {
  const fault: SilentGateway = {
    silent: false,
    wrap: (gateway) => {
      const loseResponse = ({ idempotencyKey }: { idempotencyKey: string }): void => {
        if (fault.silent) throw new GatewayOutcomeUnknown({ call, idempotencyKey, reason: 'silence' });
      };
      const refuse = (refused: 'lookUp' | 'void'): void => {
        if (fault.silent) throw new GatewayUnavailable({ call: refused, reason: 'silence' });
      };
      return {
        ...gateway,
        async authorise(input) {
          const result = await gateway.authorise(input);
          if (call === 'authorise') loseResponse(input);
          return result;
        },
        async capture(input) {
          const result = await gateway.capture(input);
          if (call === 'capture') loseResponse(input);
          return result;
        },
        async lookUp(input) {
          refuse('lookUp');
          return gateway.lookUp(input);
        },
        async void(input) {
          refuse('void');
          return gateway.void(input);
        },
      };
    },
  };
  return fault;
}
