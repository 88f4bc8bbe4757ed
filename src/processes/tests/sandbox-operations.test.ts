import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSandboxAccount } from '../../clients/gateways/sandbox-account';
import { createSandboxGateway } from '../../clients/gateways/sandbox-gateway';
import { readSandboxLedger } from '../../clients/gateways/sandbox-ledger';
import { createGridFsFileStore } from '../../clients/storage/gridfs-file-store';
import { freePort } from '../../../scripts/embedded/ports';
import { startSimulator, type Simulator } from '../../simulator/start-simulator';
import { seedPartner } from '../../testing/worlds/seed-partner';
import { seedCaptured } from '../../testing/worlds/seed-payment';
import { openTestDatabase } from '../../testing/servers/test-database';
import { openTestNamespace, type TestNamespace } from '../../testing/servers/test-namespace';
import { PATIENT_MS } from '../../testing/test-api';
import { createSandboxOperations } from '../sandbox-operations';

const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
let dataDir: string;
let temporal: TestNamespace;
let world: Awaited<ReturnType<typeof openTestDatabase>>;
let bank: Simulator | null;
let port: number;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'sandbox-operations-'));
  [temporal, world] = await Promise.all([openTestNamespace(), openTestDatabase()]);
  await startBank(await freePort());
});
afterAll(async () => {
  await bank?.close();
  await Promise.all([temporal.close(), world.drop()]);
  rmSync(dataDir, { recursive: true, force: true });
});

async function startBank(at: number): Promise<void> {
  bank = await startSimulator({ port: at, dataDir, webhookSecret: secret });
  port = Number(new URL(bank.url).port);
}
async function stopBank(): Promise<void> {
  await bank?.close();
  bank = null;
}

/** A sandbox with a payment in our books and a charge in the gateway's. */
async function newSandbox() {
  const { database } = world;
  const { partnerId, tenantId } = await seedPartner({ database });
  const paymentId = await seedCaptured({ api: { database }, tenantId });
  const url = `http://127.0.0.1:${port}`;
  const gateway = createSandboxGateway({ url, secret, timeoutMs: PATIENT_MS });
  await gateway.authorise({
    tenantId,
    idempotencyKey: `${paymentId}:authorise:1`,
    at: new Date().toISOString(),
    amount: { amountMinor: 500, currency: 'EUR' },
    paymentMethod: 'pm_ok',
    purpose: 'initial',
  } as never);
  const account = createSandboxAccount({ url, secret, timeoutMs: PATIENT_MS });
  const { resetSandbox } = createSandboxOperations({
    client: temporal.client,
    database,
    account,
    fileStore: createGridFsFileStore({ database }),
  });
  return {
    account,
    tenantId,
    reset: () => resetSandbox({ tenantId, keepIdempotencyId: 'the request' }),
    payments: () => database.models.payments.countDocuments({ tenantId }),
    resetAt: async () => (await database.models.partners.findById(partnerId).lean())?.sandboxResetAt ?? null,
    async charges() {
      return (await Array.fromAsync(readSandboxLedger({ url, secret, tenantId }))).length;
    },
  };
}

it('a reset empties the sandbox here and at the gateway, and no other tenant', async () => {
  const [sandbox, other] = [await newSandbox(), await newSandbox()];
  await sandbox.reset();
  expect([await sandbox.payments(), await sandbox.charges(), await sandbox.resetAt()]).toEqual([
    0,
    0,
    expect.any(Date),
  ]);
  expect([await other.payments(), await other.charges(), await other.resetAt()]).toEqual([1, 1, null]);
});

it('with the gateway down nothing is begun, and once it is back all is done', async () => {
  const sandbox = await newSandbox();
  await stopBank();
  await expect(sandbox.reset()).rejects.toMatchObject({
    code: 'GATEWAY_UNAVAILABLE',
    message: expect.stringContaining('Nothing was reset'),
  });
  expect([await sandbox.payments(), await sandbox.resetAt()]).toEqual([1, null]);
  await startBank(port);
  expect(await sandbox.charges()).toBe(1);
  await sandbox.reset();
  expect([await sandbox.payments(), await sandbox.charges()]).toEqual([0, 0]);
});

it('a gateway that goes down during a reset is reported, and a repeat empties it', async () => {
  const sandbox = await newSandbox();
  const { requireReachable } = sandbox.account;
  sandbox.account.requireReachable = async (tenantId) => {
    await requireReachable(tenantId);
    await stopBank();
  };
  await expect(sandbox.reset()).rejects.toMatchObject({
    code: 'GATEWAY_UNAVAILABLE',
    message: expect.stringContaining("deleted, but not yet the gateway's records"),
  });
  expect([await sandbox.payments(), await sandbox.resetAt()]).toEqual([0, expect.any(Date)]);
  await startBank(port);
  expect(await sandbox.charges()).toBe(1);
  sandbox.account.requireReachable = requireReachable;
  await sandbox.reset();
  expect(await sandbox.charges()).toBe(0);
});
