import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { lengthOf } from '../domain/values/text';
import type { Amount, Operation } from './ledger-record';
import { RequestRefused } from './request-refused';

const BODY_LIMIT_BYTES = 64 * 1024;
const WORD = /^[\x21-\x7e]{1,255}$/;
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

export type Body = Record<string, unknown>;

const refuse = (field: string, rule: string) => new RequestRefused(400, 'invalid_field', `${field} must be ${rule}`);

/** Returns the raw body as text, at most 64 KB. */
export async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_LIMIT_BYTES)
      throw new RequestRefused(413, 'body_too_large', `The body must be at most ${BODY_LIMIT_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Returns a body as a JSON object; a missing body is an empty object. */
export function parseBody(text: string): Body {
  let value: unknown;
  try {
    value = text === '' ? {} : JSON.parse(text);
  } catch {
    throw new RequestRefused(400, 'invalid_json', 'The body must be JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse('The body', 'a JSON object');
  return value as Body;
}

/** Returns one printable word without spaces, 1 to 255 characters: ids, keys, tokens. */
export function word(value: unknown, field: string): string {
  if (typeof value !== 'string' || !WORD.test(value))
    throw refuse(field, '1 to 255 printable ASCII characters without spaces');
  return value;
}

/** Returns a text of at most `longest` characters (Unicode code points). */
export function optionalText(value: unknown, field: string, longest = 255): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || lengthOf(value) > longest)
    throw refuse(field, `a text of at most ${longest} characters`);
  return value;
}

export function amountOf(value: unknown): Amount {
  const { amountMinor, currency } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Amount>;
  if (!Number.isSafeInteger(amountMinor) || Number(amountMinor) <= 0)
    throw refuse('amount.amountMinor', 'a whole number of minor units above 0');
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency))
    throw refuse('amount.currency', 'an ISO 4217 code such as EUR');
  return { amountMinor: Number(amountMinor), currency };
}

/**
 * Returns the business time of the call, normalised to UTC; the caller's clock may run ahead of ours (sandbox clocks
 * do).
 */
export function businessTime(value: unknown): string {
  if (typeof value !== 'string' || !ISO_TIME.test(value) || Number.isNaN(Date.parse(value)))
    throw refuse('at', 'an ISO 8601 time with its offset');
  return new Date(value).toISOString();
}

export function oneOf<T extends string>(value: unknown, field: string, allowed: readonly T[], fallback: T): T {
  if (value === undefined) return fallback;
  if (!allowed.includes(value as T)) throw refuse(field, `one of ${allowed.join(', ')}`);
  return value as T;
}

/**
 * Returns the fingerprint by which two requests under one key are the same: every field except `at`, which a later
 * repeat may not know.
 */
export function fingerprintOf(operation: Operation, request: object): string {
  return createHash('sha256')
    .update(JSON.stringify([operation, request]))
    .digest('base64url');
}
