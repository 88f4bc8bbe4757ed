import {
  breakGatewayCircuit,
  type BreakGatewayCircuitInput,
  type CircuitState,
  type GatewayCircuit,
} from './circuit-breaker';
import type { PaymentGateway } from './payment-gateway';

export interface BreakTenantCircuitsInput extends Omit<BreakGatewayCircuitInput, 'onStateChange'> {
  /** How many circuits are kept; the one that was not used for longest makes room. Default 200. */
  mostTenants?: number;
  onStateChange?: (state: CircuitState, tenantId: string) => void;
}

export interface TenantCircuits {
  /** The same gateway behind a breaker for each tenant. */
  gateway: PaymentGateway;
  /** Of every circuit that is kept. */
  states(): CircuitState[];
  /** Stops their timers. Calls fail from then on. */
  close(): void;
}

/**
 * A circuit breaker for each tenant of one gateway: for a gateway that fails because a tenant asks it to. What one
 * tenant rehearses, unavailable or without an answer, never stops another; a gateway that is really away opens the
 * circuit of each tenant that calls it.
 */
export function breakTenantCircuits({
  gateway,
  mostTenants = 200,
  onStateChange,
  ...options
}: BreakTenantCircuitsInput): TenantCircuits {
  const circuits = new Map<string, GatewayCircuit>();

  const circuitOf = (tenantId: string): GatewayCircuit => {
    const circuit =
      circuits.get(tenantId) ??
      breakGatewayCircuit({ ...options, gateway, onStateChange: (state) => onStateChange?.(state, tenantId) });
    // Written anew, an entry moves to the end: the order of the map is the order of use.
    circuits.delete(tenantId);
    circuits.set(tenantId, circuit);
    if (circuits.size > mostTenants) {
      const [longestUnused = tenantId] = circuits.keys();
      circuits.get(longestUnused)?.close();
      circuits.delete(longestUnused);
    }
    return circuit;
  };

  return {
    gateway: {
      authorise: (input) => circuitOf(input.tenantId).gateway.authorise(input),
      capture: (input) => circuitOf(input.tenantId).gateway.capture(input),
      void: (input) => circuitOf(input.tenantId).gateway.void(input),
      refund: (input) => circuitOf(input.tenantId).gateway.refund(input),
      lookUp: (input) => circuitOf(input.tenantId).gateway.lookUp(input),
      getPaymentMethod: (input) => circuitOf(input.tenantId).gateway.getPaymentMethod(input),
    },
    states: () => [...circuits.values()].map((circuit) => circuit.state()),
    close: () => circuits.forEach((circuit) => circuit.close()),
  };
}
