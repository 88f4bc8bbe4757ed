import { createHmac, timingSafeEqual } from 'node:crypto';
import { WebhookSignatureInvalid } from './gateway-errors';
import type { GatewayNotice } from '../../contracts/payments/gateway-notice';

export interface VerifySandboxWebhookInput {
  /** The body exactly as received. */
  rawBody: Buffer;
  headers: Record<string, string | string[] | undefined>;
  /** `whsec_` and base64. */
  secret: string;
  /** Real time, not the tenant's. */
  nowMs: number;
}

const TOLERANCE_S = 300;

/**
 * Verifies a webhook of the simulator and returns its subject. Standard Webhooks 1.0: HMAC-SHA256 over
 * `id.timestamp.body`, any of several space-separated `v1,` signatures, ±300 s.
 *
 * @throws WebhookSignatureInvalid
 */
export function verifySandboxWebhook({ rawBody, headers, secret, nowMs }: VerifySandboxWebhookInput): GatewayNotice {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => headers[name],
  );
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') {
    throw new WebhookSignatureInvalid('webhook-id, webhook-timestamp and webhook-signature are needed, once each');
  }
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(nowMs / 1000 - Number(timestamp)) > TOLERANCE_S) {
    throw new WebhookSignatureInvalid(`webhook-timestamp is more than ${TOLERANCE_S} s away from our clock`);
  }
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(rawBody).digest();
  const matches = signatures.split(' ').some((signature) => {
    const given = signature.startsWith('v1,') ? Buffer.from(signature.slice(3), 'base64') : Buffer.alloc(0);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!matches) throw new WebhookSignatureInvalid('the signature does not match');

  const { type, data } = JSON.parse(rawBody.toString('utf8')) as {
    type: string;
    data: { account: string; idempotencyKey: string; authorisationId: string };
  };
  return {
    eventId: id,
    type,
    tenantId: data.account,
    idempotencyKey: data.idempotencyKey,
    authorisationId: data.authorisationId,
  };
}
