import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CALM, changeChaos } from './chaos';
import type { Chaos } from './chaos';
import { openGateway } from './gateway';
import type { LedgerItem } from './gateway-state';
import { createGatewayRoutes, sendRefusal } from './http-routes';
import { RequestRefused } from './request-refused';
import { createWebhookSender, USUAL_HABITS } from './webhook-sender';
import type { WebhookHabits } from './webhook-sender';
import { requireWebhookSecret } from '../contracts/webhook-signature';

export interface SimulatorInput {
  /** Port to listen on; 0 lets the system choose. */
  port: number;
  host?: string;
  /** Folder of the ledger (`ledger.jsonl`). Only one simulator at a time may use it. */
  dataDir: string;
  /**
   * URL at which customers' browsers reach the simulator, for the pages of `pm_requires_action`. Defaults to the
   * listening address.
   */
  publicUrl?: string;
  /** URL to which events are sent; without a URL no events are sent. */
  webhookUrl?: string;
  /** `whsec_` and base64. */
  webhookSecret: string;
  webhookHabits?: Partial<WebhookHabits>;
  /** Bearer token of the chaos call; without a token the call is refused. */
  adminToken?: string;
  chaos?: Partial<Chaos>;
  /** Milliseconds that `pm_slow` takes. Defaults to 15 s. */
  slowMs?: number;
  logger?: { error(fields: object, message: string): void; warn(fields: object, message: string): void };
}

export interface Simulator {
  url: string;
  close(): Promise<void>;
}

/**
 * Starts a simulated payment gateway. Like a third party, it has its own books on disk, which keep every acknowledged
 * call through kill -9. It is independent of the product's gateway clients: the two meet only over HTTP.
 *
 * Every call: `Authorization: Bearer <account>` (accounts are separate and need no opening). Calls with an effect:
 * `Idempotency-Key`, kept for ever per account; same key and request (`at` aside) → the recorded response again with
 * `idempotent-replayed: true`; another request → 422. Amounts are `{ amountMinor, currency }`, `at` is business time
 * (ISO 8601).
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
 * | POST /v1/reset | `{ type: 'account.reset', data: { account } }`, signed as our webhooks are | … |
 * | | | 200, the account is empty, for ever |
 * | GET /actions/{token}, POST decision=`approve`\|`decline` | | the customer's page |
 * | GET, PUT /v1/admin/chaos | any of chaos.ts's fields | the settings (admin bearer) |
 * | GET /livez | | 200; 500 once the ledger's disk has refused a line: restart the simulator |
 *
 * Refusals are `{ error: { code, message, effect: 'none' } }`: 400, 401, 404, 405, 413, 422, and 503 when the simulator
 * is busy or down. After a 500, or without a response, the outcome is unknown.
 *
 * Test cards are in card-behaviour.ts. Events are signed (webhook-signature.ts), sent at least once, in no order.
 */
export async function startSimulator(input: SimulatorInput): Promise<Simulator> {
  const { port, host = '127.0.0.1', dataDir, webhookUrl, webhookSecret, adminToken, slowMs = 15_000, logger } = input;
  requireWebhookSecret(webhookSecret);
  let chaos = changeChaos(CALM, input.chaos ?? {});
  const habits = { ...USUAL_HABITS, ...input.webhookHabits };
  const stopping = new AbortController();

  // The port is taken before the ledger is read: a second gateway started by mistake fails here and touches no file.
  let route: ReturnType<typeof createGatewayRoutes> = async () => {
    throw new RequestRefused(503, 'starting', 'The gateway is reading its ledger; nothing was done');
  };
  const server = createServer((request, response) => {
    route(request, response).catch((error: unknown) => {
      if (stopping.signal.aborted || response.headersSent) return response.destroy();
      if (error instanceof RequestRefused) return sendRefusal(response, error);
      logger?.error({ err: error }, 'A gateway call failed');
      return response
        .writeHead(500, { 'content-type': 'application/json' })
        .end('{"error":{"code":"internal","message":"The gateway failed; look the call up by its key"}}');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;

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
  const gateway = await openGateway({ dataDir, chaos: () => chaos, onEvent: (item) => sender?.send(item) }).catch(
    (error: unknown) => {
      server.close();
      throw error;
    },
  );
  for (const item of gateway.state.undeliveredEvents()) {
    if (Date.parse(item.recordedAt) + habits.retryForMs > Date.now()) sender?.send(item);
  }

  route = createGatewayRoutes({
    gateway,
    publicUrl: input.publicUrl ?? url,
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
    async close() {
      stopping.abort();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await sender?.close();
      await gateway.close();
    },
  };
}
