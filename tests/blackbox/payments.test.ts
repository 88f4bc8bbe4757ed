import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { callSimulator } from '../../src/clients/gateways/sandbox-call';
import { readSandboxLedger } from '../../src/clients/gateways/sandbox-ledger';
import { tenantIdOf } from '../../src/domain/tenant';
import { enrolPartner, type PartnerApp } from '../../src/testing/platform/partner-app';
import { startPlatform, type Platform } from '../../src/testing/platform/platform';
import { commandUntilAnswered } from '../../src/testing/worlds/onboard';
import { checkoutRoot } from '../../src/testing/servers/servers';
import { waitFor } from '../../src/testing/wait-for';

interface View {
  id: string;
  state: string;
  unknownCall: string | null;
  captured: { amountMinor: number };
  refunded: { amountMinor: number };
  reason: string | null;
  nextAction: { url: string } | null;
  updatedAt: string;
  code?: string;
}

let platform: Platform;
let app: PartnerApp;
let operator: PartnerApp;
let partnerId: string;

beforeAll(async () => {
  platform = await startPlatform({ name: 'payments', sandbox: true });
  ({ app, operator, partnerId } = await enrolPartner(platform));
});
afterAll(() => platform?.stop());

/** Sends a command as an app does: again under its key while a busy platform has no definite response. */
const command = async (path: string, body?: object) => {
  const answer = await commandUntilAnswered(app, path, body);
  return { status: answer.status, body: answer.body as unknown as View };
};
const pay = async (more: object = {}): Promise<View> => {
  const request = { amount: { amountMinor: 5000, currency: 'EUR' }, paymentMethod: 'pm_ok', ...more };
  const { status, body } = await command('/payments', request);
  expect(status).toBe(202);
  return body;
};
const until = (path: string, state: string): Promise<View> =>
  waitFor(
    async () => {
      const { body } = await app.get<View>(path);
      if (body.state !== state) throw new Error(`it is ${JSON.stringify(body)}`);
      return body;
    },
    { what: `${path} to be ${state}` },
  );
const timeline = async (id: string): Promise<string[]> =>
  (await app.get<{ items: { type: string }[] }>(`/payments/${id}/events?limit=100`)).body.items.map(({ type }) =>
    type.replace('payment.', ''),
  );

const simulator = () => ({ url: platform.sandboxUrl, secret: platform.environment.SANDBOX_WEBHOOK_SECRET! });

/** Runs `--verify-ledger` as `npm run ledger:verify` does. */
function verifyLedger() {
  const root = checkoutRoot(__dirname);
  const { status, stdout } = spawnSync(
    join(root, 'node_modules/.bin/node'),
    [join(root, 'dist/main.js'), '--verify-ledger'],
    { env: platform.environment, encoding: 'utf8', timeout: 120_000 },
  );
  return { status, stdout };
}

it('takes a payment, waits for it on request, and refunds a part and then the rest', async () => {
  const { body, headers } = await app.post<View>('/payments', {
    body: { amount: { amountMinor: 5000, currency: 'EUR' }, paymentMethod: 'pm_ok' },
    headers: { prefer: 'wait=20' },
    timeoutMs: 30_000,
  });
  expect([body.state, headers.get('preference-applied')]).toEqual(['captured', 'wait=20']);
  const refund = await command(`/payments/${body.id}/refunds`, { amount: { amountMinor: 1500, currency: 'EUR' } });
  await until(`/payments/${body.id}/refunds/${refund.body.id}`, 'succeeded');
  expect(await until(`/payments/${body.id}`, 'partially_refunded')).toMatchObject({ refunded: { amountMinor: 1500 } });
  const cancelled = await command(`/payments/${body.id}/cancel`, { reason: 'All of it' });
  expect(cancelled.body).toMatchObject({ state: 'partially_refunded', refundId: expect.stringMatching(/^rfd_/) });
  expect(await until(`/payments/${body.id}`, 'refunded')).toMatchObject({ refunded: { amountMinor: 5000 } });
});

it('settles a charge whose answer was lost, without charging again or calling it failed', async () => {
  const { id } = await pay({ paymentMethod: 'pm_timeout_after_charge' });
  await until(`/payments/${id}`, 'captured');
  const steps = await timeline(id);
  expect(steps).toContain('unknown');
  expect(steps.filter((type) => type === 'authorised')).toHaveLength(1);
});

it('declines with the reason, and continues by webhook once the customer confirms', async () => {
  const [declined, poor, confirmed] = await Promise.all([
    pay({ paymentMethod: 'pm_declined' }),
    pay({ paymentMethod: 'pm_insufficient_funds' }),
    pay({ paymentMethod: 'pm_requires_action' }),
  ]);
  expect((await until(`/payments/${declined.id}`, 'declined')).reason).toBe('card_declined');
  expect((await until(`/payments/${poor.id}`, 'declined')).reason).toBe('insufficient_funds');
  const { nextAction } = await until(`/payments/${confirmed.id}`, 'requires_action');
  const pressed = await fetch(nextAction!.url, { method: 'POST', body: new URLSearchParams({ decision: 'approve' }) });
  expect(pressed.status).toBeLessThan(400);
  await until(`/payments/${confirmed.id}`, 'captured');
});

it('voids a payment cancelled before the capture, and captures a part of another', async () => {
  const [voided, captured] = await Promise.all([pay({ capture: 'manual' }), pay({ capture: 'manual' })]);
  for (const { id } of [voided, captured]) await until(`/payments/${id}`, 'authorised');
  expect((await command(`/payments/${voided.id}/cancel`)).status).toBe(200);
  await until(`/payments/${voided.id}`, 'cancelled');
  const part = { amount: { amountMinor: 2000, currency: 'EUR' } };
  expect((await command(`/payments/${captured.id}/capture`, part)).status).toBe(200);
  expect(await until(`/payments/${captured.id}`, 'captured')).toMatchObject({ captured: { amountMinor: 2000 } });
  const late = await command(`/payments/${captured.id}/capture`);
  expect([late.status, late.body.code]).toEqual([409, 'PAYMENT_NOT_CAPTURABLE']);
});

it('voids an uncaptured payment once its sandbox has advanced 8 days, and only there', async () => {
  const { id } = await pay({ capture: 'manual' });
  await until(`/payments/${id}`, 'authorised');
  const other = await enrolPartner(platform);
  const advance = await app.post<View>('/sandbox/clock/advance', {
    body: { by: 'P8D' },
    headers: { prefer: 'wait=30' },
    timeoutMs: 60_000,
  });
  expect([advance.status, advance.headers.get('preference-applied')]).toEqual([202, 'wait=30']);
  await until(`/operations/${advance.body.id}`, 'completed');
  const voided = await until(`/payments/${id}`, 'cancelled');
  expect(voided.reason).toBe('not_captured_in_time');
  expect(Math.round((Date.parse(voided.updatedAt) - Date.now()) / 86_400_000)).toBeGreaterThanOrEqual(7);
  expect((await other.app.get<{ offsetSeconds: number }>('/sandbox/clock')).body.offsetSeconds).toBe(0);
});

it('keeps books that agree with the gateway item by item until somebody changes either', async () => {
  const { body } = await app.get<{
    balanced: boolean;
    currencies: { captured: number; fulfilled: number; refunded: number; held: number }[];
  }>('/ledger/balance');
  expect(body).toMatchObject({
    balanced: true,
    currencies: [{ currency: 'EUR', authorised: 0, captured: 5000 + 5000 + 5000 + 2000, refunded: 5000, held: 0 }],
  });
  expect(verifyLedger()).toEqual({ status: 0, stdout: expect.stringContaining('The books agree.') });

  // Somebody who has the secret authorises at the gateway without the platform.
  const { tenantId } = (await app.get<{ tenantId: string }>('/me')).body;
  await callSimulator({
    ...simulator(),
    tenantId,
    method: 'POST',
    path: '/v1/authorisations',
    idempotencyKey: 'pay_01m7y3ad3af6e964zt6px52w8e:authorise:1',
    body: { amount: { amountMinor: 1, currency: 'EUR' }, paymentMethod: 'pm_ok', at: new Date().toISOString() },
    timeoutMs: 10_000,
  });
  expect(verifyLedger()).toEqual({
    status: 1,
    stdout: expect.stringContaining(
      `foreign ${tenantId}: pay_01m7y3ad3af6e964zt6px52w8e:authorise:1 (authorise, 1 EUR)`,
    ),
  });
});

it('waits while the gateway is away, shows its circuit in the metrics, and continues', async () => {
  await platform.sandbox!.stop();
  const { id } = await pay();
  const metrics = async () => (await fetch(`${platform.workers[0]!.admin}/metrics`)).text();
  await waitFor(
    async () => /gateway_call_duration_seconds_count\{[^}]*outcome="GatewayUnavailable"/.test(await metrics()),
    { what: 'failed calls in the metrics' },
  );
  expect(await metrics()).toMatch(/gateway_circuit_state\{[^}]*gateway="sandbox"[^}]*\} [1-9]/);
  await platform.sandbox!.start();
  await until(`/payments/${id}`, 'captured');
  expect((await operator.get<{ items: unknown[] }>('/operations/stuck')).body.items).toEqual([]);
});

it('a reset empties the sandbox here and at the gateway, and the books agree again', async () => {
  const tenantId = tenantIdOf({ partnerId, mode: 'sandbox' });
  const atTheGateway = async () => (await Array.fromAsync(readSandboxLedger({ ...simulator(), tenantId }))).length;
  const key = randomUUID();
  await platform.sandbox!.stop();
  const refused = await app.post('/sandbox/clock/reset', { key, timeoutMs: 30_000 });
  expect([refused.status, refused.body.code]).toEqual([503, 'GATEWAY_UNAVAILABLE']);
  expect((await app.get<{ items: unknown[] }>('/payments')).body.items).not.toEqual([]);
  await platform.sandbox!.start();
  expect(await atTheGateway()).toBeGreaterThan(0);
  expect((await app.post('/sandbox/clock/reset', { key, timeoutMs: 30_000 })).status).toBe(200);
  expect(await atTheGateway()).toBe(0);
  expect((await app.get<{ items: unknown[] }>('/payments')).body.items).toEqual([]);
  expect((await app.get<{ offsetSeconds: number }>('/sandbox/clock')).body.offsetSeconds).toBe(0);
  expect(verifyLedger().status).toBe(0);
  const { id } = await pay();
  await until(`/payments/${id}`, 'captured');
});
