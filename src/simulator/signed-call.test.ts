import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { signSimulatorCall } from '../contracts/simulator/simulator-call';
import { signWebhook } from '../contracts/simulator/webhook-signature';
import { authorise, captured, dataDir, euros, ledger, post, SECRET, send, start } from './gateway-under-test';
import type { Simulator } from './start-simulator';

const AT = '2026-11-21T10:00:00.000Z';
const reset = { method: 'POST', path: '/v1/reset', account: 'ten_a' };

async function answerTo(url: string, init: RequestInit): Promise<[number, string | undefined]> {
  const response = await fetch(url, init);
  const { error } = (await response.json()) as { error?: { code: string } };
  return [response.status, error?.code];
}
const ledgerFile = () => readFile(join(dataDir(), 'ledger.jsonl'), 'utf8');

test("a tenant's id opens nothing: no ledger is read, nothing is captured, refunded or stored", async () => {
  const gateway = await start();
  const authorisationId = await captured(gateway, 'pay_1');
  const { body: held } = await authorise(gateway, 'pay_2:authorise:1');
  const before = await ledgerFile();
  const bearer = { authorization: 'Bearer ten_a', 'sandbox-account': 'ten_a' };
  const capture = {
    method: 'POST',
    headers: { ...bearer, 'idempotency-key': 'pay_2:capture:1' },
    body: JSON.stringify({ amount: euros(1), at: AT }),
  };
  const refund = { ...capture, body: JSON.stringify({ authorisationId, at: AT }) };
  const card = '/v1/payment-methods/pm_expires_next_month?customerId=stranger';
  const refused = [401, 'not_signed'];
  expect(await answerTo(`${gateway.url}/v1/ledger`, { headers: bearer })).toEqual(refused);
  expect(await answerTo(`${gateway.url}/v1/charges?key=pay_1:capture`, { headers: bearer })).toEqual(refused);
  expect(await answerTo(`${gateway.url}/v1/authorisations/${held.id}/capture`, capture)).toEqual(refused);
  expect(await answerTo(`${gateway.url}/v1/refunds`, refund)).toEqual(refused);
  expect(await answerTo(`${gateway.url}${card}`, { headers: bearer })).toEqual(refused);
  expect(await ledgerFile()).toBe(before);
});

test('a signature counts for one call, one account, one body, one secret, and for 300 s', async () => {
  const gateway = await start();
  await authorise(gateway, 'k');
  const path = '/v1/authorisations';
  const body = JSON.stringify({ amount: euros(5), paymentMethod: 'pm_ok', at: AT });
  const call = { secret: SECRET, method: 'POST', path, account: 'ten_a', idempotencyKey: 'new', body };
  const signed = signSimulatorCall({ ...call, nowMs: Date.now() });
  const answer = (headers: object, more: { path?: string; method?: string; body?: string } = {}) =>
    answerTo(`${gateway.url}${more.path ?? path}`, {
      method: more.method ?? 'POST',
      headers: { ...signed, ...headers },
      ...(more.method === 'GET' ? {} : { body: more.body ?? body }),
    });
  const otherSecret = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
  const refused = [401, 'not_signed'];
  expect(await answer({}, { path: '/v1/refunds' })).toEqual(refused);
  expect(await answer({}, { path: `${path}?at=1` })).toEqual(refused);
  expect(await answer({}, { path: '/v1/ledger', method: 'GET' })).toEqual(refused);
  expect(await answer({ 'sandbox-account': 'ten_b' })).toEqual(refused);
  expect(await answer({ 'idempotency-key': 'another' })).toEqual(refused);
  expect(await answer({}, { body: body.replace('5', '6') })).toEqual(refused);
  expect(await answer({ 'sandbox-timestamp': String(Number(signed['sandbox-timestamp']) + 1) })).toEqual(refused);
  for (const nowMs of [Date.now() - 302_000, Date.now() + 302_000])
    expect(await answer(signSimulatorCall({ ...call, nowMs }))).toEqual(refused);
  expect(await answer(signSimulatorCall({ ...call, secret: otherSecret, nowMs: Date.now() }))).toEqual(refused);
  expect(await ledger(gateway)).toHaveLength(1);
  expect(await answer({})).toEqual([201, undefined]);
});

test('a webhook, which the same secret signs, is no call', async () => {
  const gateway = await start();
  await authorise(gateway, 'k');
  const timestamp = Math.floor(Date.now() / 1000);
  const body = JSON.stringify({ type: 'account.reset', data: { account: 'ten_a' } });
  const webhook = signWebhook({ secret: SECRET, id: 'evt_1', timestamp, body });
  const signature = webhook['webhook-signature'].slice('v1,'.length);
  const { 'sandbox-signature': _own, ...headers } = signSimulatorCall({
    ...reset,
    secret: SECRET,
    body,
    nowMs: Date.now(),
  });
  for (const given of [webhook, { ...webhook, ...headers, 'sandbox-signature': signature }])
    expect(await answerTo(`${gateway.url}/v1/reset`, { method: 'POST', headers: given, body })).toEqual([
      401,
      'not_signed',
    ]);
  expect(await ledger(gateway)).toHaveLength(1);
  expect((await send(gateway, reset)).status).toBe(200);
});

test('an unsigned call is refused before its body is sent', async () => {
  const gateway = await start();
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const call = request(`${gateway.url}/v1/authorisations`, {
      method: 'POST',
      headers: { 'content-length': 10_000_000 },
    });
    call.on('response', (response) => {
      resolve(response.statusCode);
      call.destroy();
    });
    call.on('error', reject);
    call.write('{');
  });
  expect(status).toBe(401);
});

test("the pages' port serves no operation, and the operations' port no page", async () => {
  const gateway = await start();
  const { body } = await authorise(gateway, 'k', 'pm_requires_action');
  const page = new URL((body.nextAction as { url: string }).url);
  expect(page.origin).toBe(gateway.pagesUrl);
  expect((await fetch(page)).status).toBe(200);
  const atThePages: Pick<Simulator, 'url'> = { url: gateway.pagesUrl };
  for (const path of ['/v1/ledger', '/v1/account', '/livez', '/v1/admin/chaos', '/', '/actions/', '/actions/x'])
    expect((await send(atThePages, { path })).status).toBe(404);
  expect((await send(gateway, { path: page.pathname })).status).toBe(404);
  const decision = new URLSearchParams({ decision: 'approve' });
  const pressed = await answerTo(`${gateway.url}${page.pathname}`, { method: 'POST', body: decision });
  expect(pressed).toEqual([401, 'not_signed']);
  expect(await ledger(gateway)).toHaveLength(1);
});

test('an account that is full takes no authorisations, and what it has can still be ended', async () => {
  const gateway = await start({ maxAccountSize: 3 });
  const { body } = await authorise(gateway, 'a');
  for (const key of ['b', 'c']) await authorise(gateway, key);
  const refused = await authorise(gateway, 'd');
  expect(refused).toMatchObject({ status: 429, body: { error: { code: 'account_full', effect: 'none' } } });
  expect((await authorise(gateway, 'a')).replayed).toBe(true);
  expect((await post(gateway, `/v1/authorisations/${body.id}/capture`, 'capture')).status).toBe(201);
  for (const key of ['r1', 'r2'])
    await post(gateway, '/v1/refunds', key, { authorisationId: body.id, amount: euros(1) });
  const refund = { authorisationId: body.id, amount: euros(1) };
  expect((await post(gateway, '/v1/refunds', 'r3', refund)).status).toBe(429);
  const other = { amount: euros(5), paymentMethod: 'pm_ok' };
  expect((await post(gateway, '/v1/authorisations', 'a', other, 'ten_b')).status).toBe(201);
  await send(gateway, reset);
  expect((await authorise(gateway, 'd')).status).toBe(201);
});
