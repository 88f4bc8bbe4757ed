import type { Config } from '../../config/env';
import { breakGatewayCircuit, type CircuitState, type GatewayCircuit } from '../clients/circuit-breaker';
import { GatewayUnavailable } from '../clients/gateway-errors';
import type { PaymentGateway } from '../clients/payment-gateway';
import { createSandboxAccount, type SandboxAccount } from '../clients/sandbox-account';
import { createSandboxGateway } from '../clients/sandbox-gateway';
import { createStripeGateway } from '../clients/stripe-gateway';
import { tenantOf } from '../domain/tenant';
import type { Metrics } from '../telemetry/metrics';
import type { OpenProcess } from './open-process';

const circuitStates: readonly CircuitState[] = ['closed', 'half_open', 'open'];

/** The gateway of each tenant, behind its circuit breaker: sandbox tenants have the simulated one, live tenants the configured one. */
export function openGateways({ config: { gateways }, logger, metrics, shutdown }: OpenProcess): (tenantId: string) => PaymentGateway {
  const { timeoutMs, sandbox, stripe } = gateways;
  const circuits = new Map<string, GatewayCircuit>();
  const open = (name: string, gateway: PaymentGateway): PaymentGateway => {
    const onStateChange = (state: CircuitState): void => logger.warn({ gateway: name, state }, 'The circuit of a payment gateway changed');
    const circuit = breakGatewayCircuit({ name, gateway: measured({ name, gateway, metrics }), onStateChange });
    shutdown.onClose({ name: `circuit of ${name}`, close: () => circuit.close() });
    circuits.set(name, circuit);
    return circuit.gateway;
  };

  const simulated = open('sandbox', createSandboxGateway({ url: sandbox.url, timeoutMs }));
  const live = stripe ? open('stripe', createStripeGateway({ ...stripe, timeoutMs })) : noGateway;
  metrics.addGauge({
    name: 'gateway_circuit_state',
    help: 'State of the circuit breaker of a payment gateway in this process: 1 for the one it is in',
    labelNames: ['gateway', 'state'],
    read: async () => [...circuits].flatMap(([gateway, circuit]) => circuitStates.map((state) => ({ labels: { gateway, state }, value: circuit.state() === state ? 1 : 0 }))),
  });
  return (tenantId) => (tenantOf(tenantId).mode === 'sandbox' ? simulated : live);
}

/** The accounts of sandbox tenants as a whole; null without the secret that proves who asks. */
export const sandboxAccountOf = ({ gateways: { sandbox } }: Pick<Config, 'gateways'>): SandboxAccount | null =>
  sandbox.webhookSecret ? createSandboxAccount({ url: sandbox.url, secret: sandbox.webhookSecret }) : null;

/** Whether a tenant has a gateway to pay through. */
export const hasGatewayIn = ({ gateways }: Pick<Config, 'gateways'>) => (tenantId: string): boolean => tenantOf(tenantId).mode === 'sandbox' || gateways.stripe !== null;

const callNames = ['authorise', 'capture', 'void', 'refund', 'lookUp', 'getPaymentMethod'] as const;

/** The same gateway with every call in the metrics. */
function measured({ name, gateway, metrics }: { name: string; gateway: PaymentGateway; metrics: Metrics }): PaymentGateway {
  const measure = (call: (typeof callNames)[number]) => async (input: never): Promise<unknown> => {
    const begun = performance.now();
    let outcome = 'error';
    try {
      const answer: { status: string } = await gateway[call](input);
      outcome = answer.status;
      return answer;
    } catch (error) {
      outcome = (error as Error).name;
      throw error;
    } finally {
      metrics.gatewayCalled({ gateway: name, call, outcome, seconds: (performance.now() - begun) / 1000 });
    }
  };
  return Object.fromEntries(callNames.map((call) => [call, measure(call)])) as unknown as PaymentGateway;
}

/** What was accepted while a live gateway was configured waits for it to be configured again; nothing fails. */
const noGateway = Object.fromEntries(
  callNames.map((call) => [call, () => Promise.reject(new GatewayUnavailable({ call, reason: 'no gateway is configured for live tenants (LIVE_GATEWAY)' }))]),
) as unknown as PaymentGateway;
