import { waitFor } from '../wait-for';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSandboxGateway } from '../../clients/gateways/sandbox-gateway';
import { readSandboxLedger, type SandboxLedgerItem } from '../../clients/gateways/sandbox-ledger';
import { verifySandboxWebhook } from '../../clients/gateways/sandbox-webhook';
import type { Money } from '../../domain/money';
import { startSimulator } from '../../simulator/start-simulator';

const SECRET = `whsec_${Buffer.from('the-secret-of-the-test-bank').toString('base64')}`;
const ADMIN = 'admin';

export interface TestBankInput {
  /** Milliseconds that a call may take. */
  timeoutMs: number;
  /** Called with the id of the payment or refund that a webhook reports on; without it no webhooks are sent. */
  onReport?: (entityId: string) => Promise<void>;
}

/** Starts the simulated gateway over HTTP in a temporary folder, with a client. */
export async function openTestBank({ timeoutMs, onReport }: TestBankInput) {
  const inbox = onReport ? await openWebhookInbox(onReport) : null;
  const dataDir = mkdtempSync(join(tmpdir(), 'test-bank-'));
  const simulator = await startSimulator({
    port: 0,
    dataDir,
    webhookSecret: SECRET,
    adminToken: ADMIN,
    ...(inbox ? { webhookUrl: inbox.url } : {}),
    webhookHabits: { doubledPercent: 30, latePercent: 20, lateMs: 300 },
  });
  const { url } = simulator;
  const send = async (method: string, path: string, body: object, headers: Record<string, string>): Promise<void> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(await response.text());
  };
  return {
    url,
    gateway: createSandboxGateway({ url, timeoutMs }),
    /** Reads the gateway's own books of a tenant. */
    ledger: (tenantId: string): Promise<SandboxLedgerItem[]> =>
      waitFor(() => readLedger(url, tenantId), { what: 'the ledger of the simulator' }),
    /** Switches the gateway's faults: `{ down: true }` until `{ down: false }`. */
    chaos: (settings: Record<string, unknown>) =>
      send('PUT', '/v1/admin/chaos', settings, { authorization: `Bearer ${ADMIN}` }),
    /** Captures at the gateway itself, as a person does in the dashboard. */
    captureInDashboard: (input: {
      tenantId: string;
      paymentId: string;
      authorisationId: string;
      amount: Money;
      at: string;
    }) =>
      send(
        'POST',
        `/v1/authorisations/${input.authorisationId}/capture`,
        { amount: input.amount, at: input.at },
        { authorization: `Bearer ${input.tenantId}`, 'idempotency-key': `${input.paymentId}:dashboard` },
      ),
    async close(): Promise<void> {
      await simulator.close();
      await inbox?.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Stands in for the api's webhook inbox: checks the signature and notifies the process. */
async function openWebhookInbox(
  notify: (entityId: string) => Promise<void>,
): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const { idempotencyKey } = verifySandboxWebhook({
          rawBody: Buffer.concat(chunks),
          headers: request.headers,
          secret: SECRET,
          nowMs: Date.now(),
        });
        // A process that has ended need not be notified.
        notify(idempotencyKey.split(':')[0]!)
          .catch(() => undefined)
          .finally(() => response.writeHead(204).end());
      });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readLedger(url: string, tenantId: string): Promise<SandboxLedgerItem[]> {
  const items: SandboxLedgerItem[] = [];
  for await (const item of readSandboxLedger({ url, tenantId })) items.push(item);
  return items;
}
