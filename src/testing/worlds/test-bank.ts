import { waitFor } from '../wait-for';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callSimulator } from '../../clients/gateways/sandbox-call';
import type { PaymentGateway } from '../../clients/gateways/payment-gateway';
import { createSandboxGateway, type SandboxGatewayClientInput } from '../../clients/gateways/sandbox-gateway';
import { readSandboxLedger, type SandboxLedgerItem } from '../../clients/gateways/sandbox-ledger';
import { verifySandboxWebhook } from '../../clients/gateways/sandbox-webhook';
import { startSimulator } from '../../simulator/start-simulator';

const SECRET = `whsec_${Buffer.from('the-secret-of-the-test-bank').toString('base64')}`;
const ADMIN = 'admin';

export interface TestBankInput {
  /** Milliseconds that a call may take whose response comes late or never, by the choice of its payment method. */
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
  const requireOk = async (response: Response): Promise<void> => {
    if (!response.ok) throw new Error(await response.text());
  };
  const address = { url, secret: SECRET };
  return {
    ...address,
    gateway: createPatientGateway({ ...address, timeoutMs }),
    /** Reads the gateway's own books of a tenant. */
    ledger: (tenantId: string): Promise<SandboxLedgerItem[]> =>
      waitFor(() => Array.fromAsync(readSandboxLedger({ ...address, tenantId })), {
        what: 'the ledger of the simulator',
      }),
    /** Switches the gateway's faults: `{ down: true }` until `{ down: false }`. */
    chaos: async (settings: Record<string, unknown>) =>
      requireOk(
        await fetch(`${url}/v1/admin/chaos`, {
          method: 'PUT',
          headers: { authorization: `Bearer ${ADMIN}` },
          body: JSON.stringify(settings),
        }),
      ),
    /** Sends a call that the platform did not make, to POST `path`, with the platform's own secret. */
    call: async (input: { tenantId: string; path: string; idempotencyKey: string; body: object }) =>
      requireOk(await callSimulator({ ...address, ...input, method: 'POST', timeoutMs })),
    async close(): Promise<void> {
      await simulator.close();
      await inbox?.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/**
 * A client that gives up the calls soon to which the simulator does not respond. Every other response comes, however
 * late on a busy machine, and is waited for as in production.
 */
function createPatientGateway({ timeoutMs, ...address }: SandboxGatewayClientInput & { timeoutMs: number }) {
  const [patient, hasty] = [createSandboxGateway(address), createSandboxGateway({ ...address, timeoutMs })];
  const withoutResponse = new Set<string>();
  const clientFor = ({ idempotencyKey }: { idempotencyKey: string }): PaymentGateway =>
    withoutResponse.has(paymentOf(idempotencyKey)) ? hasty : patient;
  return {
    ...patient,
    authorise(input) {
      if (/^pm_(timeout|slow)/.test(input.paymentMethod)) withoutResponse.add(paymentOf(input.idempotencyKey));
      return clientFor(input).authorise(input);
    },
    capture: (input) => clientFor(input).capture(input),
  } satisfies PaymentGateway;
}

const paymentOf = (idempotencyKey: string): string => idempotencyKey.split(':')[0]!;

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
