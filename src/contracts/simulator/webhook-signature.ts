import { createHmac } from 'node:crypto';

/**
 * Returns the headers of a signed webhook, Standard Webhooks 1.0 (symmetric, `v1`): HMAC-SHA256 over
 * `id.timestamp.body`. The secret is `whsec_` and base64; the timestamp is the Unix time of the attempt in seconds.
 */
export function signWebhook({
  secret,
  id,
  timestamp,
  body,
}: {
  secret: string;
  id: string;
  timestamp: number;
  body: string;
}) {
  const key = requireWebhookSecret(secret);
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': `v1,${signature}` };
}

/**
 * Returns the secret's bytes. Throws unless the secret is `whsec_` followed by the base64 of 24 to 64 bytes, as the
 * standard requires.
 */
export function requireWebhookSecret(secret: string): Buffer {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  if (secret.startsWith('whsec_') && key.length >= 24 && key.length <= 64) return key;
  throw new Error('webhookSecret must be whsec_ followed by the base64 of 24 to 64 random bytes');
}
