import { request as requestOver, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { EgressUnavailable } from './egress-errors';

export interface ExchangeInput {
  url: URL;
  /** Connected to the URL's host. Ends with the exchange. */
  socket: Duplex;
  method: string;
  headers: Readonly<Record<string, string>>;
  body: string | Buffer | null;
  /** The body is read up to here. */
  maxBytes: number;
  /** Ends the reading where it returns true. Never, by default. */
  isEnough?: IsEnough;
  signal: AbortSignal;
}

/** Asked once the status is known, and after each part of the body until its head of 1 KiB has come. */
export type IsEnough = (status: number, body: Buffer) => boolean;

export interface EgressAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** At most `maxBytes` bytes. */
  body: Buffer;
  /** The response has, or may have, more bytes than were read. */
  isCut: boolean;
}

const MAX_HEADER_BYTES = 16_384;
/** Up to here `isEnough` is asked: a peer that sends single bytes must not have it asked for each of a large body. */
const HEAD_BYTES = 1024;
const USER_AGENT = 'partner-platform';

/** Sends one request over a socket and reads the response. @throws EgressUnavailable */
export function exchange({
  url,
  socket,
  method,
  headers,
  body,
  maxBytes,
  isEnough,
  signal,
}: ExchangeInput): Promise<EgressAnswer> {
  return new Promise<EgressAnswer>((resolve, reject) => {
    let hasResponse = false;
    const fail = () => reject(new EgressUnavailable(signal.aborted ? 'timeout' : 'response'));
    // With a socket of its own, Node takes no agent and no proxy from the environment.
    const outgoing = requestOver({
      createConnection: () => socket,
      method,
      path: `${url.pathname}${url.search}`,
      headers: {
        // The bytes are judged as they come.
        'accept-encoding': 'identity',
        'user-agent': USER_AGENT,
        ...headers,
        host: url.host,
        connection: 'close',
      },
      maxHeaderSize: MAX_HEADER_BYTES,
      signal,
    });
    outgoing
      .once('response', (response) => {
        hasResponse = true;
        read(response, { maxBytes, isEnough }).then(resolve, fail);
      })
      .on('error', fail)
      // Also after an upgrade that nobody asked for.
      .once('close', () => hasResponse || fail());
    outgoing.end(body ?? undefined);
  }).finally(() => socket.destroy());
}

async function read(
  response: IncomingMessage,
  { maxBytes, isEnough = () => false }: Pick<ExchangeInput, 'maxBytes' | 'isEnough'>,
): Promise<EgressAnswer> {
  const { statusCode: status = 0, headers } = response;
  const parts: Buffer[] = [];
  let bytes = 0;
  let isCut = isEnough(status, Buffer.alloc(0));
  if (!isCut)
    for await (const part of response as AsyncIterable<Buffer>) {
      const isHead = bytes < HEAD_BYTES;
      parts.push(part);
      bytes += part.length;
      isCut = bytes > maxBytes || (isHead && isEnough(status, Buffer.concat(parts)));
      if (isCut) break;
    }
  return { status, headers, body: Buffer.concat(parts).subarray(0, maxBytes), isCut };
}
