import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { callSimulator } from '../clients/gateways/sandbox-call';
import { verifySandboxWebhook } from '../clients/gateways/sandbox-webhook';
import { startSimulator } from './start-simulator';
import type { WebhookHabits } from './webhook-sender';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const PROMPT: Partial<WebhookHabits> = { latePercent: 0, doubledPercent: 0, retryMs: 20 };

interface Delivery {
  rawBody: Buffer;
  headers: IncomingHttpHeaders;
  eventId: string;
}

let dataDir: string;
const closing: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sandbox-webhooks-'));
});
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
  await rm(dataDir, { recursive: true, force: true });
});

/** Starts our side of the webhook, which records every delivery and responds with the status of `statusOf`. */
async function receiver(statusOf: () => number = () => 204) {
  const deliveries: Delivery[] = [];
  const server = createServer((request, response) => {
    void request.toArray().then((chunks: Buffer[]) => {
      deliveries.push({
        rawBody: Buffer.concat(chunks),
        headers: request.headers,
        eventId: String(request.headers['webhook-id']),
      });
      response.writeHead(statusOf()).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closing.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return { deliveries, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/sandbox` };
}

async function gatewayTo(webhookUrl: string, webhookHabits: Partial<WebhookHabits>) {
  const gateway = await startSimulator({ port: 0, dataDir, webhookUrl, webhookSecret: SECRET, webhookHabits });
  closing.push(() => gateway.close());
  const authorise = async (key: string) => {
    await callSimulator({
      url: gateway.url,
      secret: SECRET,
      tenantId: 'ten_a',
      method: 'POST',
      path: '/v1/authorisations',
      idempotencyKey: key,
      body: { amount: { amountMinor: 100, currency: 'EUR' }, paymentMethod: 'pm_ok', at: '2026-11-21T10:00:00Z' },
      timeoutMs: 10_000,
    });
  };
  return { ...gateway, authorise };
}

async function until(condition: () => boolean) {
  for (const deadline = Date.now() + 5_000; !condition(); await sleep(5)) {
    if (Date.now() > deadline) throw new Error('The condition did not hold within 5 s');
  }
}

test('a webhook is signed by Standard Webhooks; a changed body, time, id or secret is refused', async () => {
  const { deliveries, url } = await receiver();
  const { authorise } = await gatewayTo(url, PROMPT);
  await authorise('pay_1:authorise');
  await until(() => deliveries.length === 1);
  const { rawBody, headers } = deliveries[0] as Delivery;
  const nowMs = Date.now();

  expect(verifySandboxWebhook({ rawBody, headers, secret: SECRET, nowMs })).toMatchObject({
    type: 'authorisation.authorised',
    tenantId: 'ten_a',
    idempotencyKey: 'pay_1:authorise',
    authorisationId: expect.stringMatching(/^aut_/),
  });
  const rotated = { ...headers, 'webhook-signature': `v1,AAAA ${String(headers['webhook-signature'])}` };
  expect(() => verifySandboxWebhook({ rawBody, headers: rotated, secret: SECRET, nowMs })).not.toThrow();

  const wrong = [
    { rawBody: Buffer.from(rawBody.toString().replace('ten_a', 'ten_b')) },
    { headers: { ...headers, 'webhook-id': 'evt_other' } },
    { headers: { ...headers, 'webhook-signature': undefined } },
    { headers: { ...headers, 'webhook-signature': 'v1,' } },
    { secret: `whsec_${Buffer.alloc(32, 8).toString('base64')}` },
    { nowMs: nowMs + 302_000 },
    { nowMs: nowMs - 302_000 },
  ];
  for (const change of wrong) {
    expect(() => verifySandboxWebhook({ rawBody, headers, secret: SECRET, nowMs, ...change })).toThrow(
      /Webhook refused/,
    );
  }
});

test('events arrive late, doubled under one id, and out of order, but all of them arrive', async () => {
  const { deliveries, url } = await receiver();
  const { authorise } = await gatewayTo(url, {
    seed: 's',
    latePercent: 40,
    lateMs: 150,
    doubledPercent: 40,
    retryMs: 20,
  });
  const keys = Array.from({ length: 40 }, (_, i) => `k${i}`);
  for (const key of keys) await authorise(key);
  await until(() => new Set(deliveries.map(({ eventId }) => eventId)).size === 40);

  const ids = deliveries.map(({ eventId }) => eventId);
  const positions = ids.map((id) => Number(id.split('_').at(-1)));
  expect(ids.length).toBeGreaterThan(40);
  expect(positions).not.toEqual([...positions].sort((a, b) => a - b));
});

test('an event is sent again until it is accepted, and not after', async () => {
  let refusals = 3;
  const { deliveries, url } = await receiver(() => (refusals-- > 0 ? 500 : 204));
  const { authorise } = await gatewayTo(url, PROMPT);
  await authorise('k');
  await until(() => deliveries.length === 4);
  await sleep(200);
  expect(deliveries).toHaveLength(4);
  expect(new Set(deliveries.map(({ eventId }) => eventId)).size).toBe(1);
});

test('after a restart only events that were not accepted before it are sent', async () => {
  let status = 204;
  const { deliveries, url } = await receiver(() => status);
  const first = await gatewayTo(url, PROMPT);
  await first.authorise('accepted');
  await until(() => deliveries.length === 1);
  await sleep(50); // The end of its delivery is written to the ledger after our response.
  status = 503;
  await first.authorise('undelivered');
  await until(() => deliveries.length > 1);
  await closing.pop()?.();

  status = 204;
  deliveries.length = 0;
  await gatewayTo(url, PROMPT);
  await until(() => deliveries.length > 0);
  await sleep(100);
  expect(
    deliveries.map(
      ({ rawBody, headers }) =>
        verifySandboxWebhook({ rawBody, headers, secret: SECRET, nowMs: Date.now() }).idempotencyKey,
    ),
  ).toEqual(['undelivered']);
});

test('an event that is never accepted is abandoned in the end, for ever', async () => {
  const { deliveries, url } = await receiver(() => 500);
  const { authorise } = await gatewayTo(url, { ...PROMPT, retryForMs: 100 });
  await authorise('k');
  await sleep(300);
  const attempts = deliveries.length;
  await closing.pop()?.();
  await gatewayTo(url, PROMPT);
  await sleep(100);
  expect(attempts).toBeGreaterThan(1);
  expect(deliveries).toHaveLength(attempts);
});
