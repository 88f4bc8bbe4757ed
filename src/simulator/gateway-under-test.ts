import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signSimulatorCall } from '../contracts/simulator/simulator-call';
import { startSimulator } from './start-simulator';
import type { Simulator, SimulatorInput } from './start-simulator';

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const AT = '2026-11-21T10:00:00.000Z';

let folder: string;
const open: Simulator[] = [];

/**
 * For tests of the simulator over HTTP: importing this file gives each test a data folder and closes the simulators
 * that it started.
 */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-gateway-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((gateway) => gateway.close()));
  await rm(folder, { recursive: true, force: true });
});

/** Returns the running test's data folder. */
export const dataDir = () => folder;

export async function start(options: Partial<SimulatorInput> = {}) {
  const gateway = await startSimulator({
    port: 0,
    dataDir: folder,
    webhookSecret: SECRET,
    slowMs: 600,
    adminToken: 'admin',
    ...options,
  });
  open.push(gateway);
  return gateway;
}
export async function stop(gateway: Simulator) {
  open.splice(open.indexOf(gateway), 1);
  await gateway.close();
}

interface Reply {
  status: number;
  replayed: boolean;
  body: Record<string, unknown> & { id: string; authorisationId: string; status: string };
}

/** Sends a call as the platform does: signed, for an account. */
export function send(
  { url }: { url: string },
  call: { method?: string; path: string; account?: string; key?: string; body?: string; signal?: AbortSignal },
): Promise<Response> {
  const { method = 'GET', path, account = 'ten_a', key: idempotencyKey, body, signal } = call;
  const headers = signSimulatorCall({ secret: SECRET, method, path, account, idempotencyKey, body, nowMs: Date.now() });
  return fetch(`${url}${path}`, { method, headers, body, signal });
}

export async function post(
  gateway: { url: string },
  path: string,
  key: string,
  body: object = {},
  account = 'ten_a',
  signal?: AbortSignal,
): Promise<Reply> {
  const text = JSON.stringify({ at: AT, ...body });
  const response = await send(gateway, { method: 'POST', path, account, key, body: text, signal });
  return {
    status: response.status,
    replayed: response.headers.get('idempotent-replayed') === 'true',
    body: (await response.json()) as Reply['body'],
  };
}
export async function get(gateway: { url: string }, path: string, account = 'ten_a') {
  const response = await send(gateway, { path, account });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
export const euros = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
export const authorise = (gateway: Simulator, key: string, paymentMethod = 'pm_ok', more: object = {}) =>
  post(gateway, '/v1/authorisations', key, { amount: euros(1000), paymentMethod, ...more });

export async function captured(gateway: Simulator, key: string, paymentMethod = 'pm_ok') {
  const { body } = await authorise(gateway, `${key}:authorise`, paymentMethod);
  await post(gateway, `/v1/authorisations/${body.id}/capture`, `${key}:capture`);
  return body.id;
}
export async function ledger(gateway: Simulator, account = 'ten_a') {
  return (await get(gateway, '/v1/ledger?limit=1000', account)).body.items as {
    operation: string;
    outcome: string;
    idempotencyKey: string;
  }[];
}
