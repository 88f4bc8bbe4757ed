import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readReadiness, type Dependency } from './readiness';

export interface AdminServerInput {
  host: string;
  port: number;
  /**
   * True when another instance may still hold the port for a moment: under PM2 the old one keeps it until it has
   * stopped.
   */
  waitForPort: boolean;
  /** Milliseconds after which a port that is still taken is reported; longer than an instance takes to stop. */
  warnAfterMs?: number;
  about: { role: string; version: string; buildId: string };
  isDraining: () => boolean;
  metrics: { contentType: string; render: () => Promise<string> };
  logger: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

export interface AdminServer {
  /** Adds a dependency that readiness checks from now on. */
  addDependency(dependency: Dependency): void;
  /** Marks the boot as finished: from now on readiness depends only on the dependencies. */
  markBooted(): void;
  close(): Promise<void>;
}

const RETRY_PORT_MS = 200;
const WARN_AFTER_MS = 60_000;

/**
 * Starts to listen immediately, before the rest of the process: `/livez` (the process responds), `/readyz` (it may get
 * work) and `/metrics`. Rejects when the port is taken, unless `waitForPort`: then the process continues and takes the
 * port over later.
 */
export async function startAdminServer({
  host,
  port,
  waitForPort,
  warnAfterMs = WARN_AFTER_MS,
  about,
  isDraining,
  metrics,
  logger,
}: AdminServerInput): Promise<AdminServer> {
  const dependencies: Dependency[] = [];
  const bootedAt: { at: number | null } = { at: null };
  const begun = Date.now();

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return send(response, 405, 'text/plain', 'GET only\n', { Allow: 'GET, HEAD' });
    switch (request.url?.split('?')[0]) {
      case '/livez':
        return sendJson(response, 200, {
          status: 'alive',
          ...about,
          pid: process.pid,
          uptimeSeconds: Math.round((Date.now() - begun) / 1000),
        });
      case '/readyz': {
        const readiness = await readReadiness({ dependencies, isDraining, isBooted: () => bootedAt.at !== null });
        return sendJson(response, readiness.isReady ? 200 : 503, {
          status: readiness.status,
          ...about,
          pid: process.pid,
          dependencies: readiness.dependencies,
        });
      }
      case '/metrics':
        return send(response, 200, metrics.contentType, await metrics.render());
      default:
        return send(response, 404, 'text/plain', 'This port serves /livez, /readyz and /metrics\n');
    }
  };
  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => {
      logger.warn({ err: error, url: request.url }, 'Admin request failed');
      if (!response.headersSent) send(response, 500, 'text/plain', 'failed\n');
    });
  });
  let closed = false;
  await listen({ server, host, port }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE')
      throw new Error(`ADMIN_PORT: cannot listen on ${host}:${port} (${error.code ?? error.message})`, {
        cause: error,
      });
    const taken = (how: string): string =>
      `ADMIN_PORT: port ${port} on ${host} is ${how}; set ADMIN_PORT to another, or stop what listens there`;
    if (!waitForPort) throw new Error(taken('taken'), { cause: error });
    logger.info({ port }, 'The previous instance still holds the admin port; this one takes it over when it is free');
    const report = setTimeout(() => closed || logger.warn({ port }, taken('still taken')), warnAfterMs).unref();
    const takeOver = (): void => {
      void listen({ server, host, port }).then(
        () => {
          clearTimeout(report);
          if (closed) server.close();
          else logger.info({ port }, 'Took over the admin port');
        },
        () => closed || setTimeout(takeOver, RETRY_PORT_MS).unref(),
      );
    };
    takeOver();
  });
  if (server.listening) logger.info({ host, port: (server.address() as AddressInfo).port }, 'Admin port is open');

  return {
    addDependency: (dependency) => void dependencies.push(dependency),
    markBooted: () => void (bootedAt.at ??= Date.now()),
    async close() {
      closed = true;
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Listens with `exclusive`: in a cluster every instance has a port of its own; otherwise the primary would share it and
 * a probe would reach any instance.
 */
function listen({ server, host, port }: { server: Server; host: string; port: number }): Promise<void> {
  // Every attempt removes its listeners again: there may be many attempts.
  const attempt = new AbortController();
  const listening = once(server, 'listening', { signal: attempt.signal });
  server.listen({ host, port, exclusive: true });
  return listening.then(() => undefined).finally(() => attempt.abort());
}

const sendJson = (response: ServerResponse, status: number, body: object): void =>
  send(response, status, 'application/json', `${JSON.stringify(body)}\n`);

function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  headers: Record<string, string> = {},
): void {
  response
    .writeHead(status, {
      'Content-Type': type,
      'Content-Length': Buffer.byteLength(body),
      'Cache-Control': 'no-store',
      ...headers,
    })
    .end(body);
}
