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

export interface SandboxGatewayInput {
  /** 0 lets the system choose. */
  port: number;
  host?: string;
  /** Where the ledger is kept (`ledger.jsonl`). One gateway at a time. */
  dataDir: string;
  /**
   * Where customers' browsers reach the gateway, for the pages of `pm_requires_action`. Default: the listening address.
   */
  publicUrl?: string;
  /** Where events go; without it none are sent. */
  webhookUrl?: string;
  /** `whsec_` and base64. */
  webhookSecret: string;
  webhookHabits?: Partial<WebhookHabits>;
  /** Bearer of the chaos call; without it the call is refused. */
  adminToken?: string;
  chaos?: Partial<Chaos>;
  /** How long `pm_slow` takes. */
  slowMs?: number;
  logger?: { error(fields: object, message: string): void; warn(fields: object, message: string): void };
}

export interface SandboxGateway {
  url: string;
  close(): Promise<void>;
}

/**
 * A simulated payment gateway: a third party of its own, with its own books on disk, which keeps what it acknowledged
 * through kill -9. It shares no code with the product and knows it only by HTTP.
 *
 * Every call: `Authorization: Bearer <account>` (accounts are apart and need no opening). Calls that change something:
 * `Idempotency-Key`, kept for ever per account; same key and request (`at` aside) → the recorded answer again with
 * `idempotent-replayed: true`; another request → 422. Amounts are `{ amountMinor, currency }`, `at` is business time
 * (ISO 8601).
 *
 * | call | body or query | answers |
 * |---|---|---|
 * | POST /v1/authorisations | amount, paymentMethod, at, customerId?, purpose? (`initial`, `renewal`), reference?,
 * description? | 201 `authorised` or `requires_action` with nextAction.url, 402 `declined` with reason |
 * | POST /v1/authorisations/{id}/capture | at, amount? (default all; once, the rest is released) | 201 `captured`, 409
 * `rejected` with reason |
 * | POST /v1/authorisations/{id}/void | at | 201 `voided`, 409 `rejected` |
 * | POST /v1/refunds | authorisationId, at, amount? (default what is left; several) | 201 `refunded`, 409 `rejected` |
 * | GET /v1/charges | key | 200 how the call under that key stands now, 404 |
 * | GET /v1/payment-methods/{token} | at?, customerId? | 200 brand, last4, expMonth, expYear, funding; 404 |
 * | GET /v1/ledger | from?, limit? (≤ 1000) | 200 `{ items, next }`, oldest first; repeat with `from=next` until null |
 * | GET /v1/account | | 200, the gateway is there |
 * | POST /v1/reset | `{ type: 'account.reset', data: { account } }`, signed as our webhooks are, with their secret |
 * 200, the account is empty, for good |
 * | GET /actions/{token}, POST decision=`approve`\|`decline` | | the customer's page |
 * | GET, PUT /v1/admin/chaos | any of chaos.ts's fields | the settings (admin bearer) |
 * | GET /livez | | 200; 500 once the ledger's disk has refused a line: restart it |
 *
 * Refusals are `{ error: { code, message, effect: 'none' } }`: 400, 401, 404, 405, 413, 422, and 503 when it is busy or
 * down. A 500, or no answer, leaves open what happened.
 *
 * Test cards are in card-behaviour.ts. Events are signed (webhook-signature.ts), sent at least once, in no order.
 */
export async function startSandboxGateway(input: SandboxGatewayInput): Promise<SandboxGateway> {
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
    if (outcome === 'abandoned') logger?.warn({ seq: item.seq, account: item.account }, 'Gave up an event nobody took');
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
  for (const item of gateway.state.owedEvents()) {
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
