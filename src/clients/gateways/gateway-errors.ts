/** The calls that move money. */
export type GatewayOperation = 'authorise' | 'capture' | 'void' | 'refund';

export type GatewayCallName = GatewayOperation | 'lookUp' | 'getPaymentMethod' | 'createCustomer' | 'saveMethod';

interface GatewayErrorInput {
  /** The failed call; `account` is a request about a sandbox tenant's account as a whole. */
  call: GatewayCallName | 'account';
  /** Absent for calls without a key. */
  idempotencyKey?: string;
  /** The cause in words, without personal data or secrets: it reaches logs and histories. */
  reason: string;
  cause?: unknown;
}

/** A call to the gateway that ended without a decision. */
abstract class GatewayError extends Error {
  readonly call: GatewayErrorInput['call'];
  readonly idempotencyKey: string | undefined;

  constructor({ call, idempotencyKey, reason, cause }: GatewayErrorInput, meaning: string) {
    super(`Gateway call ${call}${idempotencyKey ? ` (${idempotencyKey})` : ''} ${meaning}: ${reason}`, { cause });
    this.call = call;
    this.idempotencyKey = idempotencyKey;
  }
}

/**
 * Thrown when a call may or may not have taken effect: no response in time, connection lost, a 5xx. Settle the outcome
 * by the call's key.
 */
export class GatewayOutcomeUnknown extends GatewayError {
  constructor(input: GatewayErrorInput & { call: GatewayOperation; idempotencyKey: string }) {
    super(input, 'has an unknown outcome');
    this.name = 'GatewayOutcomeUnknown';
  }
}

/**
 * Thrown when a call certainly had no effect because the gateway was unreachable or busy. Safe to repeat with the same
 * key.
 */
export class GatewayUnavailable extends GatewayError {
  constructor(input: GatewayErrorInput) {
    super(input, 'was not accepted');
    this.name = 'GatewayUnavailable';
  }
}

/**
 * Thrown when the gateway rejects the request itself as wrong. Nothing happened, and repeating the request is
 * pointless.
 */
export class GatewayRequestRefused extends GatewayError {
  constructor(input: GatewayErrorInput) {
    super(input, 'was refused');
    this.name = 'GatewayRequestRefused';
  }
}

/** Thrown for a webhook whose origin is not proven: wrong or missing signature, or a time more than 300 s away. */
export class WebhookSignatureInvalid extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`Webhook refused: ${reason}`, options);
    this.name = 'WebhookSignatureInvalid';
  }
}
