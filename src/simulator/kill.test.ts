import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { callSimulator } from '../clients/gateways/sandbox-call';
import { readSandboxLedger } from '../clients/gateways/sandbox-ledger';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
let folder: string;
let program: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-kill-'));
  program = join(folder, 'gateway.cjs');
  const entry = `import { startSimulator } from './start-simulator';
    const [dataDir, webhookSecret] = process.argv.slice(2) as [string, string];
    void startSimulator({ port: 0, dataDir, webhookSecret }).then(({ url }) => console.log(url));`;
  const esbuild = join(__dirname, '../../node_modules/.bin/esbuild');
  execFileSync(esbuild, ['--bundle', '--platform=node', '--loader=ts', '--log-level=error', `--outfile=${program}`], {
    input: entry,
    cwd: __dirname,
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function spawnGateway() {
  const child = spawn(process.execPath, [program, join(folder, 'data'), SECRET], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    child.once('exit', (code) => {
      reject(new Error(`The gateway ended with ${code}`));
    });
  });
  const kill = () =>
    new Promise<void>((resolve) => {
      child
        .once('exit', () => {
          resolve();
        })
        .kill('SIGKILL');
    });
  return { url, kill };
}

test('charges acknowledged before a kill -9 survive once, and retries make no second one', async () => {
  const acknowledged = new Map<string, string>();
  const keys = Array.from({ length: 8 }, (_, client) => Array.from({ length: 200 }, (_, i) => `pay_${client}_${i}`));
  const charge = async (url: string, key: string) => {
    const response = await callSimulator({
      url,
      secret: SECRET,
      tenantId: 'ten_a',
      method: 'POST',
      path: '/v1/authorisations',
      idempotencyKey: key,
      body: { amount: { amountMinor: 100, currency: 'EUR' }, paymentMethod: 'pm_ok', at: '2026-11-21T10:00:00Z' },
      timeoutMs: 30_000,
    });
    const { id } = (await response.json()) as { id: string };
    const known = acknowledged.get(key);
    expect(known ?? id).toBe(id);
    acknowledged.set(key, id);
  };

  for (let round = 0; round < 3; round += 1) {
    const gateway = await spawnGateway();
    const clients = keys.map(async (own) => {
      for (const key of own) await charge(gateway.url, key);
    });
    const ended = Promise.allSettled(clients);
    while (acknowledged.size < 60 * (round + 1)) await sleep(1);
    await gateway.kill();
    const broken = (await ended).filter(({ status }) => status === 'rejected');
    expect(broken.length).toBeGreaterThan(0); // Otherwise no call was under way at the kill.
  }

  const gateway = await spawnGateway();
  try {
    for (const own of keys) for (const key of own.slice(0, 30)) await charge(gateway.url, key);
    const held = new Map<string, string[]>();
    for await (const { idempotencyKey, id } of readSandboxLedger({
      url: gateway.url,
      secret: SECRET,
      tenantId: 'ten_a',
    })) {
      held.set(idempotencyKey, [...(held.get(idempotencyKey) ?? []), id]);
    }
    for (const [key, id] of acknowledged) expect(held.get(key)).toEqual([id]);
    expect([...held.values()].every((ids) => ids.length === 1)).toBe(true);
  } finally {
    await gateway.kill();
  }
});
