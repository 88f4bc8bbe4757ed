import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPageRoutes } from './action-page';
import { CALM, changeChaos } from './chaos';
import type { Chaos } from './chaos';
import { openGateway } from './gateway';
import type { LedgerItem } from './gateway-state';
import { createGatewayRoutes, sendRefusal } from './http-routes';
import { RequestRefused } from './request-refused';
import { createWebhookSender, USUAL_HABITS } from './webhook-sender';
import type { WebhookHabits } from './webhook-sender';
import { requireWebhookSecret } from '../contracts/simulator/webhook-signature';
import { originOf } from '../domain/values/local-origin';

export interface SimulatorInput {
  /** Port of the operations, for the platform only; 0 lets the system choose. */
  port: number;
  /** Port of the customers' pages. Defaults to 0: the system chooses. */
  pagesPort?: number;
  host?: string;
  /** Folder of the ledger (`ledger.jsonl`). Only one simulator at a time may use it. */
  dataDir: string;
  /**
   * URL at which customers' browsers reach the pages of `pm_requires_action`. Defaults to the address on which they are
   * served.
   */
  publicUrl?: string;
  /** URL to which events are sent; without a URL no events are sent. */
  webhookUrl?: string;
  /** `whsec_` and base64. Signs our webhooks, and the calls of the platform to us. */
  webhookSecret: string;
  webhookHabits?: Partial<WebhookHabits>;
  /** Bearer token of the chaos call; without a token the call is refused. */
  adminToken?: string;
  chaos?: Partial<Chaos>;
  /** Milliseconds that `pm_slow` takes. Defaults to 15 s. */
  slowMs?: number;
  /** An account of this many calls takes no new authorisations. Defaults to 100,000. */
  maxAccountSize?: number;
  logger?: { error(fields: object, message: string): void; warn(fields: object, message: string): void };
}

export interface Simulator {
  /** Base URL of the operations. */
  url: string;
  /** Base URL of the customers' pages. */
  pagesUrl: string;
  close(): Promise<void>;
}

/**
 * Starts a simulated payment gateway. Like a third party, it has its own books on disk, which keep every acknowledged
 * call through kill -9. It is independent of the product's gateway clients: the two meet only over HTTP.
 *
 * It listens on two ports. The operations are for the platform only: every call is signed with the shared secret, for
 * one account, within 300 s (contracts/simulator-call.ts); any other call is 401, is not read and leaves nothing. The
 * customers' pages are open, each behind a token that only its customer gets.
 *
 * Accounts are separate and need no opening. Calls with an effect: `Idempotency-Key`, kept for ever per account; same
 * key and request (`at` aside) → the recorded response again with `idempotent-replayed: true`; another request → 422.
 * Amounts are `{ amountMinor, currency }`, `at` is business time (ISO 8601). An account holds 100,000
 * calls; then new authorisations are 429 until it is reset, and what exists can still be ended.
 *
 * | call | body or query | response |
 * |---|---|---|
 * | POST /v1/authorisations | amount, paymentMethod, at, customerId?, purpose? (`initial`, `renewal`), reference?, … |
 * | | description? | 201 `authorised`, or `requires_action` with nextAction.url; 402 `declined` with reason |
 * | POST /v1/authorisations/{id}/capture | at, amount? (all by default; once, the rest is released) | … |
 * | | | 201 `captured`, 409 `rejected` with reason |
 * | POST /v1/authorisations/{id}/void | at | 201 `voided`, 409 `rejected` |
 * | POST /v1/refunds | authorisationId, at, amount? (defaults to the rest; several) | 201 `refunded`, 409 `rejected` |
 * | GET /v1/charges | key | 200 the present result of the call under that key, 404 |
 * | GET /v1/payment-methods/{token} | at?, customerId? | 200 brand, last4, expMonth, expYear, funding; 404 |
 * | GET /v1/ledger | from?, limit? (≤ 1000) | 200 `{ items, next }`, oldest first; repeat with `from=next` until null |
 * | GET /v1/account | | 200, the simulator is up |
 * | POST /v1/reset | | 200, the account is empty, for ever |
 * | on the pages' port: GET /actions/{token}, POST decision=`approve`\|`decline` | | the customer's page |
 * | GET, PUT /v1/admin/chaos | any of chaos.ts's fields | the settings (admin bearer) |
 * | GET /livez (unsigned) | | 200; 500 once the ledger's disk has refused a line: restart the simulator |
 *
 * Refusals are `{ error: { code, message, effect: 'none' } }`: 400, 401, 404, 405, 413, 422, 429, and 503 when the
 * simulator is busy or down. After a 500, or without a response, the outcome is unknown.
 *
 * Test cards are in card-behaviour.ts. Events are signed (webhook-signature.ts), sent at least once, in no order.
 */
export async function startSimulator(input: SimulatorInput): Promise<Simulator> {
  const {
    port,
    host = '127.0.0.1',
    dataDir,
    webhookUrl,
    webhookSecret,
    adminToken,
    slowMs = 15_000,
    maxAccountSize = 100_000,
    logger,
  } = input;
  requireWebhookSecret(webhookSecret);
  let chaos = changeChaos(CALM, input.chaos ?? {});
  const habits = { ...USUAL_HABITS, ...input.webhookHabits };
  const stopping = new AbortController();

  // The ports are taken before the ledger is read: a second gateway started by mistake fails here and touches no file.
  const starting: Route = async () => {
    throw new RequestRefused(503, 'starting', 'The gateway is reading its ledger; nothing was done');
  };
  const routes = { operations: starting, pages: starting };
  const serve = (name: keyof typeof routes) =>
    createServer({ requestTimeout: REQUEST_WITHIN_MS }, (request, response) => {
      routes[name](request, response).catch((error: unknown) => {
        if (stopping.signal.aborted || response.headersSent) return response.destroy();
        if (error instanceof RequestRefused) return sendRefusal(response, error);
        logger?.error({ err: error }, 'A gateway call failed');
        return response
          .writeHead(500, { 'content-type': 'application/json' })
          .end('{"error":{"code":"internal","message":"The gateway failed; look the call up by its key"}}');
      });
    });
  const [operations, pages] = [serve('operations'), serve('pages')];
  await listen(operations, port, host);
  await listen(pages, input.pagesPort ?? 0, host).catch(async (error: unknown) => {
    await close(operations);
    throw error;
  });
  const [url, pagesUrl] = [urlOf(operations, host), urlOf(pages, host)];

  const settle = (item: LedgerItem, outcome: 'delivered' | 'abandoned') => {
    if (outcome === 'abandoned')
      logger?.warn({ seq: item.seq, account: item.account }, 'An event was never accepted and is abandoned');
    gateway
      .settleEvent(item, outcome)
      .catch((error: unknown) => logger?.error({ err: error }, 'Could not record a delivery'));
  };
  const sender = webhookUrl
    ? createWebhookSender({ url: webhookUrl, secret: webhookSecret, habits, onSettled: settle })
    : undefined;
  const gateway = await openGateway({
    dataDir,
    chaos: () => chaos,
    maxAccountSize,
    onEvent: (item) => sender?.send(item),
  }).catch(async (error: unknown) => {
    await Promise.all([close(pages), close(operations)]);
    throw error;
  });
  for (const item of gateway.state.undeliveredEvents()) {
    if (Date.parse(item.recordedAt) + habits.retryForMs > Date.now()) sender?.send(item);
  }

  routes.pages = createPageRoutes({ gateway, chaos: () => chaos, stopping: stopping.signal });
  routes.operations = createGatewayRoutes({
    gateway,
    publicUrl: input.publicUrl ?? pagesUrl,
    adminToken,
    webhookSecret,
    slowMs,
    chaos: {
      get: () => chaos,
      set: (changed) => {
        chaos = changed;
      },
    },
    stopping: stopping.signal,
  });

  return {
    url,
    pagesUrl,
    async close() {
      stopping.abort();
      await close(pages);
      await close(operations);
      await sender?.close();
      await gateway.close();
    },
  };
}

type Route = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Time in which a request must have arrived. */
const REQUEST_WITHIN_MS = 30_000;

const listen = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/** Returns the address at which this machine reaches the server. */
function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  const name = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  return originOf({ host: name, port });
}
