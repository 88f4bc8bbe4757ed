import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { currentResultOf, responseOf } from './responses';
import { cardBehaviour, cardFacts } from './card-behaviour';
import { changeChaos } from './chaos';
import type { Chaos } from './chaos';
import type { Gateway } from './gateway';
import { readOperationRequest } from './gateway-operations';
import type { Operation } from './ledger-record';
import { businessTime, optionalText, parseBody, readText, word } from './request-body';
import { RequestRefused } from './request-refused';
import { requireSigned, type SignedCall } from './signed-call';

export interface GatewayRoutesInput {
  gateway: Gateway;
  /** Base URL of the customers' pages, for their browsers. */
  publicUrl: string;
  adminToken: string | undefined;
  webhookSecret: string;
  slowMs: number;
  chaos: { get(): Chaos; set(chaos: Chaos): void };
  /** Aborted when the simulator closes: waits end without a response. */
  stopping: AbortSignal;
}

interface Exchange {
  call: SignedCall;
  method: string;
  idempotencyKey: unknown;
  response: ServerResponse;
  url: URL;
  path: string[];
}

const PAGE_SIZE_MAX = 1000;

/**
 * Returns the handler of one HTTP request to the operations, which throws RequestRefused for a request that it does not
 * accept; see start-simulator.ts for the API.
 */
export function createGatewayRoutes({
  gateway,
  publicUrl,
  adminToken,
  webhookSecret,
  slowMs,
  chaos,
  stopping,
}: GatewayRoutesInput) {
  const operate = async (
    { call, idempotencyKey, response }: Exchange,
    account: string,
    operation: Operation,
    authorisationId?: string,
  ) => {
    const body = parseBody(await call.readText());
    const operationRequest = readOperationRequest({
      account,
      key: idempotencyKey,
      operation,
      body,
      authorisationId,
    });
    const { record, replayed, fault } = await gateway.operate(operationRequest);
    if (fault === 'timeout') return; // The charge is done; this connection never gets a response.
    if (fault === 'slow') await sleep(slowMs, undefined, { signal: stopping });
    const { status, body: content } = responseOf(record, publicUrl);
    sendJson(response, status, content, replayed ? { 'idempotent-replayed': 'true' } : {});
  };

  const showCharge = async ({ response, url }: Exchange, account: string) => {
    const key = word(url.searchParams.get('key'), 'key');
    await gateway.durable();
    const record = gateway.state.operation(account, key);
    if (!record) throw new RequestRefused(404, 'unknown_key', 'No call was recorded under this key');
    sendJson(
      response,
      200,
      currentResultOf(record, gateway.state.authorisation(account, record.authorisationId), publicUrl),
    );
  };

  const showPaymentMethod = async ({ response, url }: Exchange, account: string, token: string) => {
    const behaviour = cardBehaviour(token);
    if (!behaviour) throw new RequestRefused(404, 'unknown_payment_method', 'There is no such payment method');
    const at = businessTime(url.searchParams.get('at') ?? new Date().toISOString());
    const customerId = optionalText(url.searchParams.get('customerId'), 'customerId');
    const firstSeenAt = await gateway.firstSeen(account, token, customerId, at);
    sendJson(response, 200, { id: token, ...cardFacts(behaviour, { at, firstSeenAt }) });
  };

  const showLedger = async ({ response, url }: Exchange, account: string) => {
    const from = wholeNumber(url.searchParams.get('from') ?? '0', 'from', Number.MAX_SAFE_INTEGER);
    const limit = wholeNumber(url.searchParams.get('limit') ?? '500', 'limit', PAGE_SIZE_MAX);
    await gateway.durable();
    sendJson(response, 200, gateway.state.page(account, from, Math.max(1, limit)));
  };

  const reset = async ({ call, response }: Exchange, account: string) => {
    await call.readText();
    await gateway.reset(account);
    sendJson(response, 200, { account });
  };

  const admin = async (request: IncomingMessage, response: ServerResponse) => {
    if (!adminToken || !isSame(bearerOf(request), adminToken))
      throw new RequestRefused(401, 'unauthorised', 'The admin bearer token is missing or wrong');
    if (request.method === 'PUT') chaos.set(changeChaos(chaos.get(), parseBody(await readText(request))));
    sendJson(response, 200, chaos.get());
  };

  const v1 = async (exchange: Exchange, account: string): Promise<void> => {
    const [, resource, id, verb, ...more] = exchange.path;
    const at = `${exchange.method} ${[resource, id && '*', verb, ...more].filter(Boolean).join('/')}`;
    switch (at) {
      case 'POST authorisations':
        return operate(exchange, account, 'authorise');
      case 'POST authorisations/*/capture':
        return operate(exchange, account, 'capture', id);
      case 'POST authorisations/*/void':
        return operate(exchange, account, 'void', id);
      case 'POST refunds':
        return operate(exchange, account, 'refund');
      case 'GET charges':
        return showCharge(exchange, account);
      case 'GET payment-methods/*':
        return showPaymentMethod(exchange, account, id ?? '');
      case 'GET ledger':
        return showLedger(exchange, account);
      case 'GET account':
        return sendJson(exchange.response, 200, { account });
      case 'POST reset':
        return reset(exchange, account);
      default:
        throw new RequestRefused(404, 'unknown_path', 'There is nothing here');
    }
  };

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = URL.parse(request.url ?? '/', 'http://gateway');
    if (!url) throw new RequestRefused(400, 'invalid_path', 'The path is not a valid URL');
    const path = url.pathname.slice(1).split('/').map(decodePart);
    const [area, name] = path;
    if (area === 'livez') {
      await gateway.durable(); // Rejects once the disk has refused a line; then only a restart helps.
      return sendJson(response, 200, { status: 'ok' });
    }
    if (area === 'v1' && name === 'admin' && path[2] === 'chaos') return admin(request, response);
    const call = requireSigned({ request, secret: webhookSecret, nowMs: Date.now() });

    const { latencyMs, down } = chaos.get();
    if (latencyMs > 0) await sleep(latencyMs, undefined, { signal: stopping });
    if (down && name !== 'ledger')
      throw new RequestRefused(503, 'unavailable', 'The gateway is down; nothing was done');
    if (area !== 'v1') throw new RequestRefused(404, 'unknown_path', 'There is nothing here');
    const { method = '', headers } = request;
    const exchange = { call, method, idempotencyKey: headers['idempotency-key'], response, url, path };
    return v1(exchange, word(call.account, 'The account'));
  };
}

/** Sends a refusal; `effect: 'none'` guarantees that nothing was done. */
export function sendRefusal(response: ServerResponse, { status, code, message }: RequestRefused): void {
  // The body of such a request may still be on its way, and nobody reads it.
  const headers: Record<string, string> = status === 401 || status === 413 ? { connection: 'close' } : {};
  sendJson(response, status, { error: { code, message, effect: 'none' } }, headers);
}

function sendJson(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers })
    .end(JSON.stringify(body));
}

function bearerOf(request: IncomingMessage): string {
  return /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
}

/** Compares secrets in a time that says nothing about them. */
function isSame(given: string, expected: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(expected));
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new RequestRefused(400, 'invalid_path', 'The path is not valid percent-encoding');
  }
}

function wholeNumber(text: string, field: string, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > max)
    throw new RequestRefused(400, 'invalid_field', `${field} must be a whole number from 0 to ${max}`);
  return value;
}
