import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSandboxLedger, type SandboxLedgerItem } from '../../clients/gateways/sandbox-ledger';
import { callHeaders, signSimulatorCall } from '../../contracts/simulator/simulator-call';
import { openDatabase, type Database } from '../../models/database';
import { startSimulator } from '../../simulator/start-simulator';
import { differences } from '../expect-books';
import { enrolPartner, type PartnerApp } from './partner-app';
import { startPlatform, type Platform } from './platform';
import { waitFor } from '../wait-for';

const CHAOS = { seed: 'chaos', timeoutAfterChargePercent: 10, unavailablePercent: 5, declinePercent: 5 };
const SECRET = `whsec_${Buffer.from('a-secret-of-the-chaos-test-0').toString('base64')}`;

/** Opens a gateway in chaos behind a proxy, which with `losesKeys` replaces the key of every call, and signs again. */
async function openGateway({
  losesKeys,
  timeoutAfterChargePercent,
}: {
  losesKeys: boolean;
  timeoutAfterChargePercent: number;
}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'chaos-gateway-'));
  const gateway = await startSimulator({
    port: 0,
    dataDir,
    webhookSecret: SECRET,
    chaos: { ...CHAOS, timeoutAfterChargePercent },
  });
  const proxy = createServer((incoming, outgoing) => {
    const { method = '', url: path = '' } = incoming;
    const forward = (headers: typeof incoming.headers, body: Buffer) => {
      const passed = httpRequest(new URL(path, gateway.url), { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      passed.on('error', () => outgoing.destroy());
      outgoing.on('close', () => passed.destroy());
      passed.end(body);
    };
    void incoming.toArray().then(
      (chunks: Buffer[]) => {
        const body = Buffer.concat(chunks);
        const { 'idempotency-key': key, [callHeaders.account]: account, ...headers } = incoming.headers;
        if (!losesKeys || !key) return forward(incoming.headers, body);
        const call = { method, path, account: String(account), idempotencyKey: `${String(key)}#${randomUUID()}` };
        const signed = signSimulatorCall({ ...call, secret: SECRET, body: body.toString(), nowMs: Date.now() });
        return forward({ ...headers, ...signed }, body);
      },
      () => outgoing.destroy(),
    );
  });
  await new Promise<void>((resolve) => {
    proxy.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: gateway.url,
    proxyUrl: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    async close() {
      proxy.closeAllConnections();
      proxy.close();
      await gateway.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Creates a payment as an app should: with one key, until there is a definite response. */
export const payUntilAnswered = (app: PartnerApp, index: number) => {
  const key = randomUUID();
  return waitFor(
    async () => {
      const { status, body } = await app.post<{ id: string }>('/payments', {
        key,
        body: {
          amount: { amountMinor: 100 + index, currency: 'EUR' },
          paymentMethod: 'pm_ok',
          customerId: `cust-${index}`,
        },
      });
      if (status >= 500) throw new Error(String(status));
      expect(status).toBe(202);
      return body.id;
    },
    { what: 'a payment to be accepted' },
  );
};

export interface ChaosScene {
  platform: Platform;
  app: PartnerApp;
  tenantId: string;
  database: Database;
  /** Reads the gateway's own books. */
  bankItems: () => Promise<SandboxLedgerItem[]>;
}

export interface ChaosSceneInput {
  name: string;
  workers: number;
  /** True when the gateway must not see the key of a call. */
  losesKeys?: boolean;
  timeoutAfterChargePercent?: number;
}

/**
 * Runs `play` with the whole platform over a gateway in chaos: 10 % of the calls (or as many as given) charge without
 * an answer, 5 % get a 503, 5 % are declined.
 */
export async function withChaos(
  { name, workers, losesKeys = false, timeoutAfterChargePercent = CHAOS.timeoutAfterChargePercent }: ChaosSceneInput,
  play: (scene: ChaosScene) => Promise<void>,
): Promise<void> {
  const gateway = await openGateway({ losesKeys, timeoutAfterChargePercent });
  const environment = {
    SANDBOX_GATEWAY_URL: gateway.proxyUrl,
    SANDBOX_WEBHOOK_SECRET: SECRET,
    GATEWAY_TIMEOUT_MS: '3000',
  };
  const platform = await startPlatform({ name, workers, which: ['mongodb', 'redis', 'temporal'], environment });
  const database = openDatabase({ uri: platform.mongodbUri, appName: 'test' });
  await database.connection.asPromise();
  try {
    const { app } = await enrolPartner(platform);
    const { tenantId } = (await app.get<{ tenantId: string }>('/me')).body;
    const bankItems = () => Array.fromAsync(readSandboxLedger({ url: gateway.url, secret: SECRET, tenantId }));
    await play({ platform, app, tenantId, database, bankItems });
  } finally {
    await database.close();
    await platform.stop();
    await gateway.close();
  }
}

/** Compares acknowledged payments, our ledger and the gateway's own books. Returns the differences. */
export async function compareBooks(
  { database, bankItems }: ChaosScene,
  paymentIds: readonly string[],
): Promise<string[]> {
  const items = await bankItems();
  const books = {
    read: (id: string) => database.models.payments.findById(id).lean().orFail(),
    postings: (id: string) => database.models.ledgerPostings.find({ paymentId: id }).sort({ _id: 1 }).lean(),
    bankItems: async (id: string) => items.filter(({ idempotencyKey }) => idempotencyKey.startsWith(id)),
  };
  const found: string[] = [];
  for (const id of paymentIds) found.push(...(await differences(books, id)).problems);
  return found;
}
