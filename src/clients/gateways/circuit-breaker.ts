import CircuitBreaker from 'opossum';
import { GatewayOutcomeUnknown, GatewayUnavailable } from './gateway-errors';
import type { GatewayCallName } from './gateway-errors';
import type { CreateCustomerInput, GetPaymentMethodInput, PaymentGateway, SaveMethodInput } from './payment-gateway';

export type CircuitState = 'closed' | 'half_open' | 'open';

export interface BreakGatewayCircuitInput {
  gateway: PaymentGateway;
  /** Names the gateway in errors: `sandbox`, `stripe`. */
  name: string;
  /** The circuit opens when this share of calls failed … Defaults to 50. */
  failureRatePercent?: number;
  /** … among at least this many … Defaults to 10. */
  minimumCalls?: number;
  /** … within this time. Defaults to 30 s. */
  windowMs?: number;
  /** Milliseconds after which one call is let through to probe the gateway. Defaults to 10 s. */
  retryAfterMs?: number;
  onStateChange?: (state: CircuitState) => void;
}

export interface GatewayCircuit {
  /** The gateway behind the breaker. */
  gateway: PaymentGateway;
  state(): CircuitState;
  /** Stops the timers. Calls fail from then on. */
  close(): void;
}

/**
 * Protects a failing gateway: while the circuit is open every call fails immediately with `GatewayUnavailable`.
 *
 * Only `GatewayUnavailable` and `GatewayOutcomeUnknown` count as failures. A decline is a result, and a refused request
 * is our own mistake: neither shows that the gateway is faulty. Use one breaker per process and gateway, or per tenant
 * of a gateway; calls that are let through keep their own time limits.
 */
export function breakGatewayCircuit(input: BreakGatewayCircuitInput): GatewayCircuit {
  const {
    gateway,
    name,
    failureRatePercent = 50,
    minimumCalls = 10,
    windowMs = 30_000,
    retryAfterMs = 10_000,
    onStateChange,
  } = input;
  const { customers } = gateway;
  const breaker = new CircuitBreaker((call: () => Promise<unknown>) => call(), {
    name,
    timeout: false,
    errorThresholdPercentage: failureRatePercent,
    volumeThreshold: minimumCalls,
    rollingCountTimeout: windowMs,
    rollingPercentilesEnabled: false,
    resetTimeout: retryAfterMs,
    errorFilter: (error) => !(error instanceof GatewayUnavailable || error instanceof GatewayOutcomeUnknown),
  });
  breaker.on('open', () => onStateChange?.('open'));
  breaker.on('halfOpen', () => onStateChange?.('half_open'));
  breaker.on('close', () => onStateChange?.('closed'));

  const guarded =
    <Input extends { tenantId: string; idempotencyKey?: string }, Result>(
      call: GatewayCallName,
      run: (input: Input) => Promise<Result>,
    ) =>
    async (input: Input): Promise<Result> => {
      try {
        return (await breaker.fire(() => run(input))) as Result;
      } catch (error) {
        if (!CircuitBreaker.isOurError(error)) throw error;
        throw new GatewayUnavailable({
          call,
          idempotencyKey: input.idempotencyKey,
          reason: `the circuit of ${name} is open`,
          cause: error,
        });
      }
    };

  return {
    gateway: {
      authorise: guarded('authorise', (call) => gateway.authorise(call)),
      capture: guarded('capture', (call) => gateway.capture(call)),
      void: guarded('void', (call) => gateway.void(call)),
      refund: guarded('refund', (call) => gateway.refund(call)),
      lookUp: guarded('lookUp', (call) => gateway.lookUp(call)),
      getPaymentMethod: guarded('getPaymentMethod', (call: GetPaymentMethodInput) => gateway.getPaymentMethod(call)),
      ...(customers && {
        customers: {
          create: guarded('createCustomer', (call: CreateCustomerInput) => customers.create(call)),
          saveMethod: guarded('saveMethod', (call: SaveMethodInput) => customers.saveMethod(call)),
        },
      }),
    },
    state() {
      if (breaker.opened) return 'open';
      return breaker.halfOpen ? 'half_open' : 'closed';
    },
    close: () => breaker.shutdown(),
  };
}
