import { z } from 'zod';
import { isBlockedPort } from '../../src/domain/values/blocked-ports';
import { canonicalEmail } from '../../src/domain/values/email';

/**
 * A whole number from `min` to `max`; no other text that JavaScript would read as a number ('', ' 1', '1e3', '0x10').
 */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/)
    .transform(Number)
    .refine((value) => Number.isSafeInteger(value) && value >= min && value <= max);

export const port = wholeNumber(0, 65_535);

/** A port that serves HTTP, which browsers and `fetch` open; 0 for a free one. */
export const servingPort = port.refine((value) => !isBlockedPort(value));
export const SERVING_PORT = 'a port that browsers open (so not 6000 or 10080); 0 takes a free one';

export const onOff = z.enum(['true', 'false']).transform((value) => value === 'true');

/** An absolute URL of one of the schemes, without a trailing slash. */
export const urlOf = (...schemes: string[]) =>
  z
    .string()
    .refine((value) => URL.canParse(value) && schemes.includes(new URL(value).protocol.slice(0, -1)))
    .transform((value) => value.replace(/\/+$/, ''));

/** An http or https URL that browsers and `fetch` open, without a trailing slash. */
export const webUrl = urlOf('http', 'https').refine((value) => !isBlockedPort(Number(new URL(value).port)));
export const WEB_URL = 'an http or https URL at a port that browsers open';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Returns true for a URL whose host is this machine. */
export const isLoopbackUrl = (url: string): boolean => LOOPBACK.test(new URL(url).hostname);

/** The origin of an API that receives secrets: https, or http on a loopback address. Without a trailing slash. */
export const secureOrigin = z
  .string()
  .refine((value) => {
    if (!URL.canParse(value)) return false;
    const { protocol, hostname, origin, href } = new URL(value);
    return href === `${origin}/` && (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname)));
  })
  .transform((value) => new URL(value).origin);

/** MongoDB's own format: it may name several hosts, so it is not a URL. */
export const mongodbUri = z.string().regex(/^mongodb(\+srv)?:\/\/[^/\s]+\/[^/?\s]+/);

export const hostAndPort = z.string().regex(/^[^\s/:]+:\d{1,5}$/);

/** A secret. Only its length can be checked; the error about a bad secret never repeats the value. */
export const secret = z.string().min(32);

/** A key of Standard Webhooks: `whsec_` and the base64 of 24 to 64 bytes. */
export const webhookSecret = z.string().refine((value) => {
  const bytes = Buffer.from(value.replace(/^whsec_/, ''), 'base64').length;
  return value.startsWith('whsec_') && bytes >= 24 && bytes <= 64;
});

/** An e-mail address, judged as those in requests. */
export const emailAddress = z.string().refine((value) => canonicalEmail(value) !== null);

/** An address, or a name and an address in angle brackets. */
export const mailbox = z.string().refine((value) => {
  const [, bracketed] = /^[^<>\r\n]*<([^<>]*)>$/.exec(value) ?? [];
  return canonicalEmail(bracketed ?? value) !== null;
});

export const text = z.string();
