import { MIMEType } from 'node:util';
import type { NextFunction, Request, RequestHandler } from 'express';
import { NDJSON, type Operation } from '../contract';
import { invalidJson, parseJson } from './parse-json';
import { batchTooLarge, readLines } from './read-lines';
import { RequestProblem } from '../../problem';

/**
 * Reads a JSON body into `request.json`: within the size limit whatever Content-Length claims, uncompressed, in strict
 * UTF-8, and simple enough to validate. Validation checks the content.
 */
export function readBody({ operation, maxBodyBytes }: { operation: Operation; maxBodyBytes: number }): RequestHandler {
  const take = async (request: Request, next: NextFunction): Promise<void> => {
    const bytes = await receive(request, operation.maxBodyBytes ?? maxBodyBytes);
    if (bytes.length > 0) request.json = parseBody(bytes, request, operation);
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

function parseBody(bytes: Buffer, request: Request, operation: Operation): unknown {
  const contentType = request.headers['content-type'];
  if (operation.takesLines && contentType !== undefined && isUtf8Type(contentType, NDJSON))
    return { ...membersOfQuery(request, operation), items: readLines(bytes) };
  rejectOtherTypes(contentType, operation);
  try {
    return parseJson(bytes);
  } catch (error) {
    const [fault] = error instanceof RequestProblem ? error.errors : [];
    const hasTooMany = operation.takesLines && fault?.pointer === '/items' && fault.rule === 'maxItems';
    throw hasTooMany ? batchTooLarge() : error;
  }
}

/** Returns the query parameters of a request as members of its body; `true` and `false` are no texts there. */
function membersOfQuery({ url }: Request, { parameters }: Operation): Record<string, unknown> {
  const query = new URLSearchParams(url.split('?', 2)[1] ?? '');
  const words: Record<string, boolean> = { true: true, false: false };
  return Object.fromEntries(
    parameters
      .filter((parameter) => parameter.in === 'query' && query.has(parameter.name))
      .map(({ name }) => [name, words[query.get(name) ?? ''] ?? query.get(name)]),
  );
}

/** Returns true if a Content-Type (RFC 9110 §8.3) is JSON in UTF-8; parameters other than the charset are ignored. */
export const isJsonType = (contentType: string): boolean => isUtf8Type(contentType, 'application/json');

function isUtf8Type(contentType: string, type: string): boolean {
  try {
    const { essence, params } = new MIMEType(contentType);
    return essence === type && /^utf-?8$/i.test(params.get('charset') ?? 'utf-8');
  } catch {
    return false;
  }
}

function rejectOtherTypes(contentType: string | undefined, { body, id, takesLines }: Operation): void {
  // What most programs send needs no parser.
  if (contentType === 'application/json' || (contentType !== undefined && isJsonType(contentType))) return;
  const types = takesLines ? `application/json" or "${NDJSON}` : 'application/json';
  const remedy = body ? `Send the body as "Content-Type: ${types}", in UTF-8.` : `${id} takes no body; send none.`;
  throw new RequestProblem('UNSUPPORTED_MEDIA_TYPE', remedy, {
    headers: { Accept: takesLines ? `application/json, ${NDJSON}` : 'application/json' },
  });
}
