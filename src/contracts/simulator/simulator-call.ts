import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { requireWebhookSecret } from './webhook-signature';

/** A call of the platform to the simulated gateway, as far as its signature covers it. */
export interface SimulatorCall {
  method: string;
  /** Path with query, as sent. */
  path: string;
  /** The tenant for whom the call is made. */
  account: string;
  /** For a call with an effect. */
  idempotencyKey?: string;
  /** SHA-256 of the body, base64; see `digestOf`. */
  digest: string;
  /** Unix time in seconds. */
  timestamp: number;
}

/** The headers of a signed call, beside `idempotency-key`. */
export const callHeaders = {
  account: 'sandbox-account',
  digest: 'sandbox-content-digest',
  timestamp: 'sandbox-timestamp',
  signature: 'sandbox-signature',
} as const;

/** A signature counts for this many seconds before and after its time. */
export const CALL_TOLERANCE_S = 300;

/** Returns the digest of a body that stands in the signature; the empty text for a call without a body. */
export const digestOf = (body: string): string => createHash('sha256').update(body).digest('base64');

export interface SignCallInput extends Omit<SimulatorCall, 'digest' | 'timestamp'> {
  /** The secret that the platform and the simulator share, `whsec_` and base64. */
  secret: string;
  body?: string;
  /** Real time in milliseconds. */
  nowMs: number;
}

/** Returns the headers that prove to the simulator that the platform makes this call, for this account, now. */
export function signSimulatorCall({ secret, body = '', nowMs, ...call }: SignCallInput): Record<string, string> {
  const signed = { ...call, digest: digestOf(body), timestamp: Math.floor(nowMs / 1000) };
  return {
    [callHeaders.account]: signed.account,
    [callHeaders.digest]: signed.digest,
    [callHeaders.timestamp]: String(signed.timestamp),
    [callHeaders.signature]: signatureOf(secret, signed).toString('base64'),
    ...(call.idempotencyKey === undefined ? {} : { 'idempotency-key': call.idempotencyKey }),
  };
}

/** Returns true when the signature (base64) is that of the call. The caller checks the age and the body. */
export function isCallSigned({
  secret,
  signature,
  ...call
}: SimulatorCall & { secret: string; signature: string }): boolean {
  const expected = signatureOf(secret, call);
  const given = Buffer.from(signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/**
 * HMAC-SHA256 under a key derived for this direction alone, so that no webhook, which the same secret signs, is a call.
 */
function signatureOf(
  secret: string,
  { timestamp, method, path, account, idempotencyKey = '', digest }: SimulatorCall,
): Buffer {
  const key = createHmac('sha256', requireWebhookSecret(secret)).update('calls to the simulated gateway').digest();
  const text = JSON.stringify([timestamp, method, path, account, idempotencyKey, digest]);
  return createHmac('sha256', key).update(text).digest();
}
