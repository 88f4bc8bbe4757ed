import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { readSandboxLedger, type SandboxLedgerItem } from '../../src/clients/sandbox-ledger';
import { processPaymentId } from '../../src/contracts/payment';
import { settledPaymentStates } from '../../src/domain/payment';
import { openDatabase, type Database } from '../../src/models/database';
import { startSandboxGateway } from '../../src/sandbox/start-sandbox-gateway';
import { connectTemporal } from '../../src/temporal/connect-temporal';
import { createRunningWorkflows } from '../../src/temporal/running-workflows';
import { differences } from '../../src/testing/expect-books';
import { enrolPartner, type PartnerApp } from '../../src/testing/partner-app';
import { startPlatform, type Platform } from '../../src/testing/platform';
import { waitFor } from '../../src/testing/wait-for';

// `npm run test:chaos` is the long form.
const PAYMENTS = Number(process.env.CHAOS_PAYMENTS ?? 200);
const KILLING_MS = Number(process.env.CHAOS_SECONDS ?? 30) * 1000;
const CHAOS = { seed: 'chaos', timeoutAfterChargePercent: 10, unavailablePercent: 5, declinePercent: 5 };
const SECRET = `whsec_${Buffer.from('a-secret-of-the-chaos-test-0').toString('base64')}`;

/** A gateway in chaos, with the door the platform uses: forged doors lose the key of every call. */
async function openGateway({ losesKeys, timeoutAfterChargePercent }: { losesKeys: boolean; timeoutAfterChargePercent: number }) {
  const dataDir = mkdtempSync(join(tmpdir(), 'chaos-gateway-'));
  const gateway = await startSandboxGateway({ port: 0, dataDir, webhookSecret: SECRET, chaos: { ...CHAOS, timeoutAfterChargePercent } });
  const door = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers };
    if (losesKeys && headers['idempotency-key']) headers['idempotency-key'] = `${String(headers['idempotency-key'])}#${randomUUID()}`;
    const passed = httpRequest(new URL(incoming.url ?? '/', gateway.url), { method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    outgoing.on('close', () => passed.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => {
    door.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: gateway.url,
    doorUrl: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    async close() {
      door.closeAllConnections();
      door.close();
      await gateway.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** As an app should: with one key, until there is a definite answer. */
const payUntilAnswered = (app: PartnerApp, index: number) => {
  const key = randomUUID();
  return waitFor(
    async () => {
      const { status, body } = await app.post<{ id: string }>('/payments', { key, body: { amount: { amountMinor: 100 + index, currency: 'EUR' }, paymentMethod: 'pm_ok', customerId: `cust-${index}` } });
      if (status >= 500) throw new Error(String(status));
      expect(status).toBe(202);
      return body.id;
    },
    { what: 'a payment to be accepted', timeoutMs: 60_000 },
  );
};

async function killInTurn(platform: Platform, until: number): Promise<number> {
  let kills = 0;
  const restarts: Promise<void>[] = [];
  while (Date.now() < until) {
    const worker = platform.workers[kills % platform.workers.length]!;
    await worker.kill();
    restarts.push(worker.start().catch(() => undefined));
    kills++;
    await setTimeout(2000);
  }
  await Promise.all(restarts);
  for (const worker of platform.workers) if (!worker.alive()) await worker.start();
  return kills;
}

interface Scene {
  platform: Platform;
  app: PartnerApp;
  tenantId: string;
  database: Database;
  /** What the gateway has written in its own books. */
  bankItems: () => Promise<SandboxLedgerItem[]>;
}

async function withScene({ name, workers, ...gatewayInput }: { name: string; workers: number; losesKeys: boolean; timeoutAfterChargePercent: number }, play: (scene: Scene) => Promise<void>): Promise<void> {
  const gateway = await openGateway(gatewayInput);
  const environment = { SANDBOX_GATEWAY_URL: gateway.doorUrl, GATEWAY_TIMEOUT_MS: '3000' };
  const platform = await startPlatform({ name, workers, which: ['mongodb', 'redis', 'temporal'], environment });
  const database = openDatabase({ uri: platform.mongodbUri, appName: 'test' });
  await database.connection.asPromise();
  try {
    const { app } = await enrolPartner(platform);
    const { tenantId } = (await app.get<{ tenantId: string }>('/me')).body;
    const bankItems = () => Array.fromAsync(readSandboxLedger({ url: gateway.url, tenantId }));
    await play({ platform, app, tenantId, database, bankItems });
  } finally {
    await database.close();
    await platform.stop();
    await gateway.close();
  }
}

/** Payments that were acknowledged, our documents, our books and the gateway's own, against each other. */
async function compare({ database, bankItems }: Scene, paymentIds: readonly string[]): Promise<string[]> {
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

it(`settles ${PAYMENTS} payments over a gateway in chaos while workers are killed every 2 s: none lost, none doubled, books equal`, async () => {
  await withScene({ name: 'chaos', workers: 2, losesKeys: false, timeoutAfterChargePercent: CHAOS.timeoutAfterChargePercent }, async (scene) => {
    const { platform, app, tenantId, database } = scene;
    const killing = killInTurn(platform, Date.now() + KILLING_MS);
    const acknowledged: string[] = [];
    for (let index = 0; index < PAYMENTS; index += 10) {
      acknowledged.push(...(await Promise.all(Array.from({ length: Math.min(10, PAYMENTS - index) }, (_, offset) => payUntilAnswered(app, index + offset)))));
      await setTimeout((KILLING_MS * 0.8) / (PAYMENTS / 10));
    }
    const kills = await killing;
    const lastKillAt = Date.now();
    const open = { tenantId, state: { $nin: [...settledPaymentStates] } };
    await waitFor(async () => (await database.models.payments.countDocuments(open)) === 0, { what: 'every payment to be settled', timeoutMs: 180_000, everyMs: 500 });
    const settledAfterS = Math.round((Date.now() - lastKillAt) / 1000);

    const stored = await database.models.payments.find({ tenantId }, { state: 1 }).lean();
    const count = (state: string) => stored.filter((payment) => payment.state === state).length;
    process.stderr.write(`${acknowledged.length} payments, ${kills} kills, settled ${settledAfterS} s after the last: ${count('captured')} captured, ${count('declined')} declined\n`);
    expect(stored.map(({ _id }) => _id).sort()).toEqual([...new Set(acknowledged)].sort());
    expect(acknowledged).toHaveLength(PAYMENTS);
    expect(await compare(scene, acknowledged)).toEqual([]);
    const client = connectTemporal({ address: platform.servers.temporal.address, namespace: 'default', tls: false, apiKey: undefined });
    const workflows = createRunningWorkflows(client);
    let running = acknowledged;
    await waitFor(async () => {
      // One that has ended is asked about no more.
      const answers = await Promise.all(running.map(async (id) => ({ id, isRunning: await workflows.isRunning(processPaymentId(id)) })));
      running = answers.filter(({ isRunning }) => isRunning).map(({ id }) => id);
      return running.length === 0;
    }, { what: 'every process to have ended', timeoutMs: 180_000, everyMs: 500 });
    await client.connection.close();
    expect(kills).toBeGreaterThan(KILLING_MS / 2000 / 2);
  });
});

it('and the same comparison is red when the gateway never sees the key of a call', async () => {
  await withScene({ name: 'chaos-sabotaged', workers: 1, losesKeys: true, timeoutAfterChargePercent: 50 }, async (scene) => {
    const acknowledged = await Promise.all(Array.from({ length: 20 }, (_, index) => payUntilAnswered(scene.app, index)));
    await waitFor(async () => (await compare(scene, acknowledged)).some((problem) => problem.includes('charged more than once')), { what: 'a charge to be doubled', timeoutMs: 90_000, everyMs: 1000 });
  });
});
