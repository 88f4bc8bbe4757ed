import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest, type Server } from 'node:http';
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
async function openGateway({ losesKeys }: { losesKeys: boolean }) {
  const dataDir = mkdtempSync(join(tmpdir(), 'chaos-gateway-'));
  const gateway = await startSandboxGateway({ port: 0, dataDir, webhookSecret: SECRET, chaos: CHAOS });
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
      (door as Server).closeAllConnections();
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

async function runChaos({ name, payments, killingMs, losesKeys }: { name: string; payments: number; killingMs: number; losesKeys: boolean }) {
  const gateway = await openGateway({ losesKeys });
  const platform = await startPlatform({ name, workers: 2, which: ['mongodb', 'redis', 'temporal'], environment: { SANDBOX_GATEWAY_URL: gateway.doorUrl, GATEWAY_TIMEOUT_MS: '3000' } });
  const database: Database = openDatabase({ uri: platform.mongodbUri, appName: 'test' });
  await database.connection.asPromise();
  const client = connectTemporal({ address: platform.servers.temporal.address, namespace: 'default', tls: false, apiKey: undefined });
  try {
    const { app } = await enrolPartner(platform);
    const { tenantId } = (await app.get<{ tenantId: string }>('/me')).body;
    const until = Date.now() + killingMs;
    const killing = killInTurn(platform, until);
    const acknowledged: string[] = [];
    for (let index = 0; index < payments; index += 10) {
      acknowledged.push(...(await Promise.all(Array.from({ length: Math.min(10, payments - index) }, (_, offset) => payUntilAnswered(app, index + offset)))));
      await setTimeout(Math.max(0, (killingMs * 0.8) / (payments / 10)));
    }
    const kills = await killing;
    const lastKillAt = Date.now();
    const open = { tenantId, state: { $nin: [...settledPaymentStates] } };
    await waitFor(async () => (await database.models.payments.countDocuments(open)) === 0, { what: 'every payment to be settled', timeoutMs: 180_000, everyMs: 500 });
    const settledAfterMs = Date.now() - lastKillAt;

    const items: SandboxLedgerItem[] = [];
    for await (const item of readSandboxLedger({ url: gateway.url, tenantId })) items.push(item);
    const books = {
      read: (id: string) => database.models.payments.findById(id).lean().orFail(),
      postings: (id: string) => database.models.ledgerPostings.find({ paymentId: id }).sort({ _id: 1 }).lean(),
      bankItems: async (id: string) => items.filter(({ idempotencyKey }) => idempotencyKey.startsWith(id)),
    };
    const problems: string[] = [];
    for (const id of acknowledged) problems.push(...(await differences(books, id)).problems);
    const stored = (await database.models.payments.find({ tenantId }, { _id: 1 }).lean()).map(({ _id }) => _id);
    const workflows = createRunningWorkflows(client);
    const stillRunning = (await Promise.all(stored.map((id) => workflows.isRunning(processPaymentId(id))))).filter(Boolean).length;
    const states = await database.models.payments.aggregate<{ _id: string; count: number }>([{ $match: { tenantId } }, { $group: { _id: '$state', count: { $sum: 1 } } }]);
    return { acknowledged, stored, problems, kills, settledAfterMs, stillRunning, states: Object.fromEntries(states.map(({ _id, count }) => [_id, count])) };
  } finally {
    await client.connection.close();
    await database.close();
    await platform.stop();
    await gateway.close();
  }
}

it(`settles ${PAYMENTS} payments over a gateway in chaos while workers are killed every 2 s: none lost, none doubled, books equal`, async () => {
  const { acknowledged, stored, problems, kills, settledAfterMs, stillRunning, states } = await runChaos({ name: 'chaos', payments: PAYMENTS, killingMs: KILLING_MS, losesKeys: false });
  process.stderr.write(`${acknowledged.length} payments, ${kills} kills, settled ${Math.round(settledAfterMs / 1000)} s after the last: ${JSON.stringify(states)}\n`);
  expect(new Set(acknowledged).size).toBe(PAYMENTS);
  expect([...stored].sort()).toEqual([...acknowledged].sort());
  expect(problems).toEqual([]);
  expect(stillRunning).toBe(0);
  expect(kills).toBeGreaterThan(KILLING_MS / 2000 / 2);
}, KILLING_MS + 300_000);

it('and the same comparison is red when the gateway never sees the key of a call', async () => {
  const { problems } = await runChaos({ name: 'chaos-sabotaged', payments: 40, killingMs: 4000, losesKeys: true });
  expect(problems.join('\n')).toMatch(/charged more than once/);
}, 300_000);
