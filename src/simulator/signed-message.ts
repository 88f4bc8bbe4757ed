import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { RequestRefused } from './request-refused';
import { signWebhook } from '../contracts/webhook-signature';

export interface RequireSignedInput {
  headers: IncomingHttpHeaders;
  /** Exactly as received. */
  body: string;
  secret: string;
  nowMs: number;
}

const TOLERANCE_S = 300;

/**
 * Accepts a message that is signed like our webhooks and with their secret (Standard Webhooks 1.0, ±300 s): it comes
 * from their receiver.
 *
 * @throws RequestRefused 401
 */
export function requireSigned({ headers, body, secret, nowMs }: RequireSignedInput): void {
  const [id, timestamp, given] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    String(headers[name] ?? ''),
  );
  const isRecent = /^\d{1,12}$/.test(timestamp!) && Math.abs(nowMs / 1000 - Number(timestamp)) <= TOLERANCE_S;
  const expected = Buffer.from(
    signWebhook({ secret, id: id!, timestamp: Number(timestamp), body })['webhook-signature'],
  );
  const signature = Buffer.from(given!);
  if (isRecent && signature.length === expected.length && timingSafeEqual(signature, expected)) return;
  throw new RequestRefused(401, 'not_signed', 'Sign the message with the webhook secret, within 300 s');
}
