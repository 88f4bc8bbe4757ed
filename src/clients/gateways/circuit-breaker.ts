import CircuitBreaker from 'opossum';
import { GatewayOutcomeUnknown, GatewayUnavailable } from './gateway-errors';
import type { GatewayCallName } from './gateway-errors';
import type { GetPaymentMethodInput, PaymentGateway } from './payment-gateway';

export type CircuitState = 'closed' | 'half_open' | 'open';

export interface BreakGatewayCircuitInput {
  gateway: PaymentGateway;
  /** Names the gateway in errors: `sandbox`, `stripe`. */
  name: string;
  /** Open when this share of calls failed … Default 50. */
  failureRatePercent?: number;
  /** … among at least this many … Default 10. */
  minimumCalls?: number;
  /** … within this time. Default 30 s. */
  windowMs?: number;
  /** After this long one call is let through to see whether the gateway is back. Default 10 s. */
  retryAfterMs?: number;
  onStateChange?: (state: CircuitState) => void;
}

export interface GatewayCircuit {
  /** The same gateway behind the breaker. */
  gateway: PaymentGateway;
  state(): CircuitState;
  /** Stops its timers. Calls fail from then on. */
  close(): void;
}

/**
 * Spares a failing gateway: while the circuit is open every call fails at once with `GatewayUnavailable`.
 *
 * Failures are `GatewayUnavailable` and `GatewayOutcomeUnknown` alone. A decline is an answer, and a refused request
 * is our own mistake: neither says that the gateway is ill. One breaker per process and gateway, or tenant of it; calls
 * it lets through keep their own time limits.
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
    },
    state() {
      if (breaker.opened) return 'open';
      return breaker.halfOpen ? 'half_open' : 'closed';
    },
    close: () => breaker.shutdown(),
  };
}
