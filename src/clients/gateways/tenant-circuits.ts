import {
  breakGatewayCircuit,
  type BreakGatewayCircuitInput,
  type CircuitState,
  type GatewayCircuit,
} from './circuit-breaker';
import type { PaymentGateway } from './payment-gateway';

export interface BreakTenantCircuitsInput extends Omit<BreakGatewayCircuitInput, 'onStateChange'> {
  /** Maximum number of circuits; the circuit unused for longest makes room. Defaults to 200. */
  maxTenants?: number;
  onStateChange?: (state: CircuitState, tenantId: string) => void;
}

export interface TenantCircuits {
  /** The gateway behind a breaker for each tenant, without customers: the simulated gateway has none. */
  gateway: PaymentGateway;
  /** Returns the state of every circuit that is kept. */
  states(): CircuitState[];
  /** Stops the timers. Calls fail from then on. */
  close(): void;
}

/**
 * Returns a circuit breaker for each tenant of one gateway, for a gateway that fails because a tenant makes it fail. An
 * outage that one tenant rehearses never stops another; a gateway that is really down opens the circuit of each tenant
 * that calls it.
 */
export function breakTenantCircuits({
  gateway,
  maxTenants = 200,
  onStateChange,
  ...options
}: BreakTenantCircuitsInput): TenantCircuits {
  const circuits = new Map<string, GatewayCircuit>();

  const circuitOf = (tenantId: string): GatewayCircuit => {
    const circuit =
      circuits.get(tenantId) ??
      breakGatewayCircuit({ ...options, gateway, onStateChange: (state) => onStateChange?.(state, tenantId) });
    // Written again, an entry moves to the end: the order of the map is the order of use.
    circuits.delete(tenantId);
    circuits.set(tenantId, circuit);
    if (circuits.size > maxTenants) {
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
