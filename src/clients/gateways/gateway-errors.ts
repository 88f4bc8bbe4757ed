/** The calls that move money. */
export type GatewayOperation = 'authorise' | 'capture' | 'void' | 'refund';

export type GatewayCallName = GatewayOperation | 'lookUp' | 'getPaymentMethod';

interface GatewayErrorInput {
  /** `account`: of a sandbox tenant's account as a whole. */
  call: GatewayCallName | 'account';
  /** Absent for calls without one. */
  idempotencyKey?: string;
  /** What was seen, without personal data or secrets: it reaches logs and histories. */
  reason: string;
  cause?: unknown;
}

/** A call to the gateway that brought no decision. */
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
 * Thrown when a call may or may not have taken effect: no answer in time, connection lost, a 5xx. Settle it by its key.
 */
export class GatewayOutcomeUnknown extends GatewayError {
  constructor(input: GatewayErrorInput & { call: GatewayOperation; idempotencyKey: string }) {
    super(input, 'has an unknown outcome');
    this.name = 'GatewayOutcomeUnknown';
  }
}

/**
 * Thrown when a call certainly had no effect because the gateway was out of reach or busy. Safe to repeat, same key.
 */
export class GatewayUnavailable extends GatewayError {
  constructor(input: GatewayErrorInput) {
    super(input, 'was not taken');
    this.name = 'GatewayUnavailable';
  }
}

/** Thrown when the gateway finds the request itself wrong. Nothing happened, and repeating it is pointless. */
export class GatewayRequestRefused extends GatewayError {
  constructor(input: GatewayErrorInput) {
    super(input, 'was refused');
    this.name = 'GatewayRequestRefused';
  }
}

/**
 * Thrown for a webhook that is not what it claims to be: wrong or missing signature, or a time more than 300 s away.
 */
export class WebhookSignatureInvalid extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`Webhook refused: ${reason}`, options);
    this.name = 'WebhookSignatureInvalid';
  }
}
