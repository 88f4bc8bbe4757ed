import { createServer, type RequestListener, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { settleWithin } from './settle-within';

export interface OpenHttpServerInput {
  host: string;
  port: number;
  handler: RequestListener;
  /** The classes of the server's requests and responses. Defaults to Node's own. */
  classes?: Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'>;
  isDraining: () => boolean;
  /** Milliseconds for which a closing server still serves new requests. */
  drainMs: number;
  /** Milliseconds that requests may then take to finish before their connections are cut. */
  graceMs: number;
  /** Of an instance of a cluster: resolves once no connection can be handed to the closed server any more. */
  untilOutOfRotation?: () => Promise<void>;
}

export interface HttpServer {
  port: number;
  close(): Promise<void>;
}

/**
 * Longer than any load balancer keeps an idle connection, so that we never close a connection just as a request
 * arrives.
 */
const KEEP_ALIVE_MS = 65_000;
const HEADERS_WITHIN_MS = 10_000;
const REQUEST_WITHIN_MS = 30_000;
/** Milliseconds between two checks of the limits above. */
const CHECK_EVERY_MS = 5_000;
/** Milliseconds without a byte in either direction; longer than a response may keep its caller waiting. */
const SILENT_MS = 40_000;

/**
 * Listens, and closes without failing a request: at first the server continues to serve, but asks every keep-alive
 * client to reconnect (closing idle connections immediately would race with their next request); then it accepts no
 * more and lets running requests finish. Responses to requests that began earlier ask so too: after the server has
 * closed, nothing else would end their connections. Rejects with a one-line error when it cannot listen on the port.
 */
export async function openHttpServer({
  host,
  port,
  handler,
  classes,
  isDraining,
  drainMs,
  graceMs,
  untilOutOfRotation = () => Promise.resolve(),
}: OpenHttpServerInput): Promise<HttpServer> {
  const underWay = new Set<ServerResponse>();
  const server = createServer(
    {
      ...classes,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: HEADERS_WITHIN_MS,
      requestTimeout: REQUEST_WITHIN_MS,
      connectionsCheckingInterval: CHECK_EVERY_MS,
    },
    (request, response) => {
      if (isDraining()) askToReconnect(response);
      else {
        underWay.add(response);
        response.once('close', () => underWay.delete(response));
      }
      handler(request, response);
    },
  );
  // Ends connections whose peer neither sends a body nor reads a response.
  server.setTimeout(SILENT_MS);
  await listen({ server, host, port });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      underWay.forEach(askToReconnect);
      await setTimeout(drainMs);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const cut = globalThis.setTimeout(() => server.closeAllConnections(), graceMs);
      await Promise.all([closed, settleWithin({ work: untilOutOfRotation, limitMs: graceMs })]);
      clearTimeout(cut);
    },
  };
}

function askToReconnect(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}

function listen({ server, host, port }: { server: Server; host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? `port ${port} on ${host} is taken; set PORT to another, or stop what listens there`
          : `cannot listen on ${host}:${port} (${error.code ?? error.message})`;
      reject(new Error(`PORT: ${reason}`, { cause: error }));
    });
    server.listen({ host, port }, resolve);
  });
}
