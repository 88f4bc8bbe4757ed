import { MIMEType } from 'node:util';
import type { NextFunction, Request, RequestHandler } from 'express';
import type { Operation } from '../contract';
import { faultInStructure } from './json-structure';
import { readJson, UNREAD } from './read-json';
import { RequestProblem } from '../../problem';

/**
 * Reads a JSON body into `request.json`: within the size limit whatever Content-Length claims, uncompressed, in strict
 * UTF-8, and simple enough to validate. Validation checks the content.
 */
export function readBody({ operation, maxBodyBytes }: { operation: Operation; maxBodyBytes: number }): RequestHandler {
  const take = async (request: Request, next: NextFunction): Promise<void> => {
    const bytes = await receive(request, maxBodyBytes);
    if (bytes.length > 0) {
      rejectOtherTypes(request.headers['content-type'], operation);
      request.json = parseJson(bytes);
    }
    next();
  };
  return (request, _response, next) => {
    const { headers } = request;
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return next();
    return take(request, next);
  };
}

/** Reads the bytes of a body, within the size limit, into `request.rawBody`. */
export function readRawBody({ maxBodyBytes }: { maxBodyBytes: number }): RequestHandler {
  return async (request, _response, next) => {
    request.rawBody = await receive(request, maxBodyBytes);
    next();
  };
}

/** Waits for the body: neither does the time count that the caller takes to send it, nor has the request a place. */
async function receive(request: Request, maxBodyBytes: number): Promise<Buffer> {
  request.deadline.pause();
  request.slot?.release();
  try {
    return await readBytes(request, maxBodyBytes);
  } finally {
    request.deadline.resume();
  }
}

/** Milliseconds that a body may take, and the pace at which a longer one has to arrive. */
const BODY_WITHIN_MS = 3000;
const MIN_BYTES_PER_MS = 16;

/** Milliseconds during which the rest of a rejected body is discarded, so that the caller can read the response. */
const LINGER_MS = 2000;

/**
 * Reads a body up to the limit. Express's own reader rejects an oversized body only when all of it has arrived, which
 * may be never if the caller does not end it.
 */
function readBytes(request: Request, maxBodyBytes: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding'];
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const begun = performance.now();
    let size = 0;
    const refuse = (problem: RequestProblem): void => {
      clearTimeout(patience);
      request.off('data', take).resume();
      setTimeout(() => request.complete || request.socket.destroy(), LINGER_MS).unref();
      reject(problem);
    };
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > maxBodyBytes) refuse(tooLarge(maxBodyBytes));
      else chunks.push(chunk);
    };
    const expectMore = (): void => {
      const leftMs = begun + BODY_WITHIN_MS + size / MIN_BYTES_PER_MS - performance.now();
      if (leftMs <= 0) refuse(tooSlow());
      else patience = setTimeout(expectMore, leftMs);
    };
    let patience = setTimeout(expectMore, BODY_WITHIN_MS);
    request.once('close', () => clearTimeout(patience));
    request.once('error', () => reject(invalidJson('The body ended before its announced length.')));
    if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
      refuse(
        new RequestProblem(
          'UNSUPPORTED_MEDIA_TYPE',
          'Compressed bodies are not supported; send the body without Content-Encoding.',
          { headers: { 'Accept-Encoding': 'identity' } },
        ),
      );
    } else if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) {
      refuse(tooLarge(maxBodyBytes));
    } else {
      request.on('data', take).once('end', () => {
        clearTimeout(patience);
        resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
      });
    }
  });
}

function tooLarge(maxBodyBytes: number): RequestProblem {
  const detail = `The body has more than ${maxBodyBytes} bytes; send less.`;
  return new RequestProblem('BODY_TOO_LARGE', detail, { errors: [{ pointer: '', rule: 'maxBytes', detail }] });
}

const tooSlow = (): RequestProblem =>
  new RequestProblem(
    'REQUEST_TIMEOUT',
    `The body arrived too slowly: it may take ${BODY_WITHIN_MS / 1000} s, ` +
      `and longer only at ${MIN_BYTES_PER_MS} kB/s or more.`,
    { headers: { Connection: 'close' } },
  );

/** Returns true if a Content-Type (RFC 9110 §8.3) is JSON in UTF-8; parameters other than the charset are ignored. */
export function isJsonType(contentType: string): boolean {
  try {
    const { essence, params } = new MIMEType(contentType);
    return essence === 'application/json' && /^utf-?8$/i.test(params.get('charset') ?? 'utf-8');
  } catch {
    return false;
  }
}

function rejectOtherTypes(contentType: string | undefined, { body, id }: Operation): void {
  // What most programs send needs no parser.
  if (contentType === 'application/json' || (contentType !== undefined && isJsonType(contentType))) return;
  const remedy = body
    ? 'Send the body as "Content-Type: application/json", in UTF-8.'
    : `${id} takes no body; send none.`;
  throw new RequestProblem('UNSUPPORTED_MEDIA_TYPE', remedy, { headers: { Accept: 'application/json' } });
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses strictly: in one pass, and in further passes where a text may have to be refused, to describe its fault.
 * @throws RequestProblem INVALID_JSON (400), or INVALID_REQUEST (422) with the pointer to a part that is too deep, too
 *   long or duplicate.
 */
export function parseJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw invalidJson('The body is not valid UTF-8. Encode it as UTF-8.');
  }
  const read = readJson(text);
  return read === UNREAD ? parseInDetail(text) : read;
}

function parseInDetail(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalidJson(`The body is not valid JSON${placeOf(error, text)}.`);
  }
  const fault = faultInStructure(text);
  if (fault) throw new RequestProblem('INVALID_REQUEST', `${fault.pointer ?? ''} ${fault.detail}`, { errors: [fault] });
  return value;
}

const invalidJson = (detail: string): RequestProblem =>
  new RequestProblem('INVALID_JSON', detail, { errors: [{ pointer: '', rule: 'json', detail }] });

/** Returns the place at which the parser stopped. Its own message quotes the body, so only the position is used. */
function placeOf(error: unknown, text: string): string {
  const position = positionOf(error, text);
  if (position >= text.length) return ': it ends too early';
  const before = text.slice(0, position);
  const line = before.split('\n').length;
  return ` at line ${line}, column ${before.length - before.lastIndexOf('\n')} (position ${position})`;
}

/**
 * Returns the position at which the parser stopped. For an unknown word (NaN, undefined) the parser reports no
 * position, so the longest prefix without that error is searched for.
 */
function positionOf(error: unknown, text: string): number {
  const [, reported] = /at position (\d+)/.exec((error as Error).message) ?? [];
  if (reported !== undefined) return Number(reported);
  let acceptedChars = 0;
  let rejectedChars = text.length + 1;
  while (rejectedChars - acceptedChars > 1) {
    const middle = Math.floor((acceptedChars + rejectedChars) / 2);
    if (hasUnknownWord(text.slice(0, middle))) rejectedChars = middle;
    else acceptedChars = middle;
  }
  return acceptedChars;
}

function hasUnknownWord(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    return (error as Error).message.startsWith('Unexpected token');
  }
}
