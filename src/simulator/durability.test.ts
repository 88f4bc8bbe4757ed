import { mkdtemp, open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { callSimulator } from '../clients/gateways/sandbox-call';
import { startSimulator } from './start-simulator';
import type { Simulator } from './start-simulator';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
let dataDir: string;
let gateway: Simulator;
let datasync: jest.SpyInstance<Promise<void>, []>;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sandbox-durability-'));
  const handle = await open(join(dataDir, 'probe'), 'w');
  datasync = jest.spyOn(Object.getPrototypeOf(handle) as FileHandle, 'datasync');
  await handle.close();
  gateway = await startSimulator({
    port: 0,
    dataDir,
    webhookSecret: SECRET,
  });
});
afterEach(async () => {
  datasync.mockRestore();
  await gateway.close();
  await rm(dataDir, { recursive: true, force: true });
});

const call = (path: string, more: { method?: 'POST'; idempotencyKey?: string; body?: object } = {}) =>
  callSimulator({
    url: gateway.url,
    secret: SECRET,
    tenantId: 'ten_a',
    method: 'GET',
    path,
    timeoutMs: 10_000,
    ...more,
  });
const authorise = (key: string) =>
  call('/v1/authorisations', {
    method: 'POST',
    idempotencyKey: key,
    body: { amount: { amountMinor: 100, currency: 'EUR' }, paymentMethod: 'pm_ok', at: '2026-11-21T10:00:00Z' },
  });
const read = (path: string) => call(path);

test('no caller, repeat, look-up or ledger shows a charge before it is on disk', async () => {
  let reachDisk = () => {};
  datasync.mockImplementationOnce(
    () =>
      new Promise((resolve) => {
        reachDisk = resolve;
      }),
  );
  const shown: string[] = [];
  const show = (name: string) => (response: Response) => shown.push(`${name} ${response.status}`);
  const requests = [authorise('k').then(show('caller'))];
  await sleep(50);
  requests.push(
    authorise('k').then(show('repeat')),
    read('/v1/charges?key=k').then(show('look-up')),
    read('/v1/ledger').then(show('ledger')),
  );
  await sleep(100);
  expect(shown).toEqual([]);
  reachDisk();
  await Promise.all(requests);
  expect(shown.sort()).toEqual(['caller 201', 'ledger 200', 'look-up 200', 'repeat 201']);
});

test('calls that arrive while one line is being written share the next write', async () => {
  datasync.mockImplementation(() => sleep(20));
  await Promise.all(Array.from({ length: 100 }, (_, i) => authorise(`k${i}`)));
  expect(datasync.mock.calls.length).toBeLessThan(50);
});

test('once the disk has refused a line nothing is acknowledged any more, and livez reports that', async () => {
  datasync.mockImplementationOnce(() => Promise.reject(new Error('ENOSPC')));
  expect((await authorise('lost')).status).toBe(500);
  for (const response of [authorise('lost'), authorise('next'), read('/v1/charges?key=lost'), read('/livez')]) {
    expect((await response).status).toBe(500);
  }
});
