import type { Config } from '../../config/env';
import { breakGatewayCircuit, type CircuitState } from '../clients/gateways/circuit-breaker';
import { GatewayUnavailable, type GatewayCallName } from '../clients/gateways/gateway-errors';
import type { CreateCustomerInput, PaymentGateway, SaveMethodInput } from '../clients/gateways/payment-gateway';
import { createSandboxAccount, type SandboxAccount } from '../clients/gateways/sandbox-account';
import { createSandboxGateway } from '../clients/gateways/sandbox-gateway';
import { createStripeGateway } from '../clients/gateways/stripe/stripe-gateway';
import { breakTenantCircuits } from '../clients/gateways/tenant-circuits';
import { tenantOf } from '../domain/tenant';
import type { Metrics } from '../telemetry/metrics';
import type { OpenProcess } from './open-process';

const circuitStates: readonly CircuitState[] = ['closed', 'half_open', 'open'];

/**
 * Returns the gateway of each tenant, behind a circuit breaker: live tenants share the circuit of the configured
 * gateway, sandbox tenants have a circuit each, because a tenant rehearses outages there that must not affect others.
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
  const logStateOf =
    (name: string) =>
    (state: CircuitState, tenantId?: string): void =>
      logger.warn({ gateway: name, tenantId, state }, 'The circuit of a payment gateway changed');

  const openSimulated = (secret: string): PaymentGateway => {
    const simulated = createSandboxGateway({ url: sandbox.url, secret, timeoutMs });
    const gateway = measured({ name: 'sandbox', gateway: simulated, metrics });
    const circuits = breakTenantCircuits({ name: 'sandbox', gateway, onStateChange: logStateOf('sandbox') });
    keep('sandbox', circuits);
    return circuits.gateway;
  };
  const openLive = (settings: NonNullable<typeof stripe>): PaymentGateway => {
    const gateway = measured({ name: 'stripe', gateway: createStripeGateway({ ...settings, timeoutMs }), metrics });
    const circuit = breakGatewayCircuit({ name: 'stripe', gateway, onStateChange: logStateOf('stripe') });
    keep('stripe', { states: () => [circuit.state()], close: () => circuit.close() });
    return circuit.gateway;
  };

  const simulated = sandbox.webhookSecret ? openSimulated(sandbox.webhookSecret) : noGateway('SANDBOX_WEBHOOK_SECRET');
  const live = stripe ? openLive(stripe) : noGateway('LIVE_GATEWAY');
  metrics.addGauge({
    name: 'gateway_circuit_state',
    help:
      'Number of circuit breakers of a payment gateway in a state, in this process: a live gateway has ' +
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

/** Returns the accounts of sandbox tenants as a whole; null without the secret that proves our identity. */
export const sandboxAccountOf = ({ gateways: { sandbox } }: Pick<Config, 'gateways'>): SandboxAccount | null =>
  sandbox.webhookSecret ? createSandboxAccount({ url: sandbox.url, secret: sandbox.webhookSecret }) : null;

/** Returns true when a tenant has a gateway to pay through. */
export const hasGatewayIn =
  ({ gateways }: Pick<Config, 'gateways'>) =>
  (tenantId: string): boolean =>
    tenantOf(tenantId).mode === 'sandbox' ? gateways.sandbox.webhookSecret !== undefined : gateways.stripe !== null;

const callNames = ['authorise', 'capture', 'void', 'refund', 'lookUp', 'getPaymentMethod'] as const;

/** Returns the gateway with every call recorded in the metrics. */
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
    <Input, Result extends object>(call: GatewayCallName, run: (input: Input) => Promise<Result>) =>
    async (input: Input): Promise<Result> => {
      const begun = performance.now();
      let outcome = 'error';
      try {
        const result = await run(input);
        outcome = 'status' in result ? String(result.status) : 'done';
        return result;
      } catch (error) {
        outcome = (error as Error).name;
        throw error;
      } finally {
        metrics.gatewayCalled({ gateway: name, call, outcome, seconds: (performance.now() - begun) / 1000 });
      }
    };
  const { customers } = gateway;
  return {
    ...(Object.fromEntries(
      callNames.map((call) => [call, measure(call, (input: never): Promise<object> => gateway[call](input))]),
    ) as unknown as PaymentGateway),
    ...(customers && {
      customers: {
        create: measure('createCustomer', (input: CreateCustomerInput) => customers.create(input)),
        saveMethod: measure('saveMethod', (input: SaveMethodInput) => customers.saveMethod(input)),
      },
    }),
  };
}

/** Payments accepted while their gateway was configured wait until it is configured again; none of them fails. */
const noGateway = (variable: string): PaymentGateway =>
  Object.fromEntries(
    callNames.map((call) => [
      call,
      () => Promise.reject(new GatewayUnavailable({ call, reason: `no gateway is configured (${variable})` })),
    ]),
  ) as unknown as PaymentGateway;
