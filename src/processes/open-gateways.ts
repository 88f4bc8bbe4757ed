import type { Config } from '../../config/env';
import { breakGatewayCircuit, type CircuitState } from '../clients/gateways/circuit-breaker';
import { GatewayUnavailable } from '../clients/gateways/gateway-errors';
import type { PaymentGateway } from '../clients/gateways/payment-gateway';
import { createSandboxAccount, type SandboxAccount } from '../clients/gateways/sandbox-account';
import { createSandboxGateway } from '../clients/gateways/sandbox-gateway';
import { createStripeGateway } from '../clients/gateways/stripe/stripe-gateway';
import { breakTenantCircuits } from '../clients/gateways/tenant-circuits';
import { tenantOf } from '../domain/tenant';
import type { Metrics } from '../telemetry/metrics';
import type { OpenProcess } from './open-process';

const circuitStates: readonly CircuitState[] = ['closed', 'half_open', 'open'];

/**
 * The gateway of each tenant, behind a circuit breaker: live tenants share the one of the configured gateway, sandbox
 * tenants have one each, for there a tenant rehearses outages that are nobody else's.
 */
export function openGateways({
  config: { gateways },
  logger,
  metrics,
  shutdown,
}: OpenProcess): (tenantId: string) => PaymentGateway {
  const { timeoutMs, sandbox, stripe } = gateways;
  const states = new Map<string, () => CircuitState[]>();
  const keep = (name: string, circuit: { states: () => CircuitState[]; close: () => void }): void => {
    shutdown.onClose({ name: `circuit of ${name}`, close: () => circuit.close() });
    states.set(name, circuit.states);
  };
  const toldOf =
    (name: string) =>
    (state: CircuitState, tenantId?: string): void =>
      logger.warn({ gateway: name, tenantId, state }, 'The circuit of a payment gateway changed');

  const openSimulated = (): PaymentGateway => {
    const gateway = measured({
      name: 'sandbox',
      gateway: createSandboxGateway({ url: sandbox.url, timeoutMs }),
      metrics,
    });
    const circuits = breakTenantCircuits({ name: 'sandbox', gateway, onStateChange: toldOf('sandbox') });
    keep('sandbox', circuits);
    return circuits.gateway;
  };
  const openLive = (settings: NonNullable<typeof stripe>): PaymentGateway => {
    const gateway = measured({ name: 'stripe', gateway: createStripeGateway({ ...settings, timeoutMs }), metrics });
    const circuit = breakGatewayCircuit({ name: 'stripe', gateway, onStateChange: toldOf('stripe') });
    keep('stripe', { states: () => [circuit.state()], close: () => circuit.close() });
    return circuit.gateway;
  };

  const simulated = openSimulated();
  const live = stripe ? openLive(stripe) : noGateway;
  metrics.addGauge({
    name: 'gateway_circuit_state',
    help:
      'How many circuit breakers of a payment gateway are in a state, in this process: a live gateway has ' +
      'one, the simulated gateway one for each of the up to 200 tenants that used it last',
    labelNames: ['gateway', 'state'],
    read: async () =>
      [...states].flatMap(([gateway, read]) =>
        circuitStates.map((state) => ({
          labels: { gateway, state },
          value: read().filter((each) => each === state).length,
        })),
      ),
  });
  return (tenantId) => (tenantOf(tenantId).mode === 'sandbox' ? simulated : live);
}

/** The accounts of sandbox tenants as a whole; null without the secret that proves who asks. */
export const sandboxAccountOf = ({ gateways: { sandbox } }: Pick<Config, 'gateways'>): SandboxAccount | null =>
  sandbox.webhookSecret ? createSandboxAccount({ url: sandbox.url, secret: sandbox.webhookSecret }) : null;

/** Whether a tenant has a gateway to pay through. */
export const hasGatewayIn =
  ({ gateways }: Pick<Config, 'gateways'>) =>
  (tenantId: string): boolean =>
    tenantOf(tenantId).mode === 'sandbox' || gateways.stripe !== null;

const callNames = ['authorise', 'capture', 'void', 'refund', 'lookUp', 'getPaymentMethod'] as const;

/** The same gateway with every call in the metrics. */
function measured({
  name,
  gateway,
  metrics,
}: {
  name: string;
  gateway: PaymentGateway;
  metrics: Metrics;
}): PaymentGateway {
  const measure =
    (call: (typeof callNames)[number]) =>
    async (input: never): Promise<unknown> => {
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
  callNames.map((call) => [
    call,
    () =>
      Promise.reject(
        new GatewayUnavailable({ call, reason: 'no gateway is configured for live tenants (LIVE_GATEWAY)' }),
      ),
  ]),
) as unknown as PaymentGateway;
