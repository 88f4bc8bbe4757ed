import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandboxGateway } from './start-sandbox-gateway';
import type { SandboxGateway, SandboxGatewayInput } from './start-sandbox-gateway';

const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const AT = '2026-11-21T10:00:00.000Z';

let dataDir: string;
const open: SandboxGateway[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sandbox-gateway-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((gateway) => gateway.close()));
  await rm(dataDir, { recursive: true, force: true });
});

async function start(options: Partial<SandboxGatewayInput> = {}) {
  const gateway = await startSandboxGateway({ port: 0, dataDir, webhookSecret: WEBHOOK_SECRET, slowMs: 300, adminToken: 'admin', ...options });
  open.push(gateway);
  return gateway;
}
async function stop(gateway: SandboxGateway) {
  open.splice(open.indexOf(gateway), 1);
  await gateway.close();
}

interface Reply { status: number; replayed: boolean; body: Record<string, unknown> & { id: string; authorisationId: string; status: string } }

function post({ url }: { url: string }, path: string, key: string, body: object = {}, account = 'ten_a', signal?: AbortSignal): Promise<Reply> {
  const headers = { authorization: `Bearer ${account}`, 'idempotency-key': key, 'content-type': 'application/json' };
  return fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify({ at: AT, ...body }), signal }).then(async (response) => ({
    status: response.status,
    replayed: response.headers.get('idempotent-replayed') === 'true',
    body: (await response.json()) as Reply['body'],
  }));
}
async function get({ url }: { url: string }, path: string, account = 'ten_a') {
  const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${account}` } });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const euros = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const authorise = (gateway: SandboxGateway, key: string, paymentMethod = 'pm_ok', more: object = {}) =>
  post(gateway, '/v1/authorisations', key, { amount: euros(1000), paymentMethod, ...more });

async function captured(gateway: SandboxGateway, key: string, paymentMethod = 'pm_ok') {
  const { body } = await authorise(gateway, `${key}:authorise`, paymentMethod);
  await post(gateway, `/v1/authorisations/${body.id}/capture`, `${key}:capture`);
  return body.id;
}
async function ledger(gateway: SandboxGateway, account = 'ten_a') {
  return (await get(gateway, '/v1/ledger?limit=1000', account)).body.items as { operation: string; outcome: string; idempotencyKey: string }[];
}

test('100 racing calls under one key make one charge and get one answer', async () => {
  const gateway = await start();
  const replies = await Promise.all(Array.from({ length: 100 }, () => authorise(gateway, 'pay_1:authorise')));
  expect(new Set(replies.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  expect(replies.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(await ledger(gateway)).toHaveLength(1);
});

test('a key used for another request is refused, but another business time does not make it another', async () => {
  const gateway = await start();
  const first = await authorise(gateway, 'k');
  expect((await authorise(gateway, 'k', 'pm_ok', { amount: euros(1001) })).status).toBe(422);
  expect((await post(gateway, `/v1/authorisations/${first.body.id}/capture`, 'k')).status).toBe(422);
  expect(await authorise(gateway, 'k', 'pm_ok', { at: '2027-01-01T00:00:00Z' })).toEqual({ ...first, replayed: true });
});

test('accounts are apart: keys, authorisations and ledgers', async () => {
  const gateway = await start();
  const { body } = await authorise(gateway, 'k');
  expect((await get(gateway, '/v1/charges?key=k', 'ten_b')).status).toBe(404);
  expect((await post(gateway, `/v1/authorisations/${body.id}/capture`, 'c', {}, 'ten_b')).status).toBe(404);
  expect(await ledger(gateway, 'ten_b')).toEqual([]);
  const other = await post(gateway, '/v1/authorisations', 'k', { amount: euros(5), paymentMethod: 'pm_ok' }, 'ten_b');
  expect(other).toMatchObject({ status: 201, replayed: false });
});

test.each([
  ['pm_ok', 201, 'authorised', undefined],
  ['pm_declined', 402, 'declined', 'card_declined'],
  ['pm_insufficient_funds', 402, 'declined', 'insufficient_funds'],
  ['pm_fraud', 402, 'declined', 'fraud'],
  ['pm_requires_action', 201, 'requires_action', undefined],
  ['pm_nobody', 402, 'declined', 'invalid_payment_method'],
  ['toString', 402, 'declined', 'invalid_payment_method'],
])('%s answers %i %s', async (paymentMethod, status, outcome, reason) => {
  const reply = await authorise(await start(), 'k', paymentMethod);
  expect([reply.status, reply.body.status, reply.body.reason]).toEqual([status, outcome, reason]);
});

test('pm_slow is charged at once and answered late; a repeat need not wait', async () => {
  const gateway = await start();
  const startedAt = performance.now();
  const first = authorise(gateway, 'k', 'pm_slow').then((reply) => ({ reply, tookMs: performance.now() - startedAt }));
  while ((await get(gateway, '/v1/charges?key=k')).status === 404);
  expect(await authorise(gateway, 'k', 'pm_slow')).toMatchObject({ status: 201, replayed: true });
  expect(performance.now() - startedAt).toBeLessThan(280);
  expect((await first).tookMs).toBeGreaterThanOrEqual(290);
});

test('pm_timeout_after_charge never answers the first call, and is found by look-up and by a repeat', async () => {
  const gateway = await start();
  await expect(post(gateway, '/v1/authorisations', 'k', { amount: euros(1000), paymentMethod: 'pm_timeout_after_charge' }, 'ten_a', AbortSignal.timeout(200))).rejects.toThrow();
  expect((await get(gateway, '/v1/charges?key=k')).body).toMatchObject({ status: 'authorised', operation: 'authorise' });
  expect(await authorise(gateway, 'k', 'pm_timeout_after_charge')).toMatchObject({ status: 201, replayed: true });
  expect(await ledger(gateway)).toHaveLength(1);
});

test('pm_flaky answers 503 twice for each key with nothing done, then works', async () => {
  const gateway = await start();
  const statuses = [];
  for (const key of ['a', 'a', 'a', 'a', 'b']) statuses.push((await authorise(gateway, key, 'pm_flaky')).status);
  expect(statuses).toEqual([503, 503, 201, 201, 503]);
  expect(await ledger(gateway)).toHaveLength(1);
});

test('pm_decline_on_renewal is good until a renewal', async () => {
  const gateway = await start();
  expect((await authorise(gateway, 'first', 'pm_decline_on_renewal')).status).toBe(201);
  expect((await authorise(gateway, 'second', 'pm_decline_on_renewal', { purpose: 'renewal' })).body.reason).toBe('card_declined');
});

test('pm_expires_next_month is good to the end of the month after its first sight, for each customer, across a restart', async () => {
  const gateway = await start();
  const facts = await get(gateway, '/v1/payment-methods/pm_expires_next_month?customerId=cus_1&at=2026-12-31T23:00:00-05:00');
  expect(facts.body).toMatchObject({ expMonth: 2, expYear: 2027 });
  await stop(gateway);
  const again = await start();
  const charge = (key: string, at: string, customerId = 'cus_1') => authorise(again, key, 'pm_expires_next_month', { at, customerId });
  expect((await charge('last', '2027-02-28T23:59:59.999Z')).status).toBe(201);
  expect((await charge('late', '2027-03-01T00:00:00Z')).body.reason).toBe('expired_card');
  expect((await charge('other', '2027-03-01T00:00:00Z', 'cus_2')).status).toBe(201);
});

test('racing captures of one authorisation: one wins, and never for more than was authorised', async () => {
  const gateway = await start();
  const { body } = await authorise(gateway, 'a');
  expect((await post(gateway, `/v1/authorisations/${body.id}/capture`, 'over', { amount: euros(1001) })).body.reason).toBe('amount_too_large');
  const replies = await Promise.all(Array.from({ length: 50 }, (_, i) => post(gateway, `/v1/authorisations/${body.id}/capture`, `c${i}`, { amount: euros(600) })));
  expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(replies.filter(({ body }) => body.reason === 'already_captured')).toHaveLength(49);
  expect((await post(gateway, `/v1/authorisations/${body.id}/void`, 'v')).body.reason).toBe('already_captured');
});

test('200 racing refunds never give back more than was captured', async () => {
  const gateway = await start();
  const authorisationId = await captured(gateway, 'p');
  const replies = await Promise.all(Array.from({ length: 200 }, (_, i) => post(gateway, '/v1/refunds', `r${i}`, { authorisationId, amount: euros(30) })));
  expect(replies.filter(({ status }) => status === 201)).toHaveLength(33);
  expect((await post(gateway, '/v1/refunds', 'rest', { authorisationId })).body).toMatchObject({ status: 'refunded', amount: euros(10) });
  expect((await post(gateway, '/v1/refunds', 'none', { authorisationId })).body.reason).toBe('already_refunded');
});

test('what breaks a rule is answered the same way for ever, even once the rule would allow it', async () => {
  const gateway = await start();
  const { body } = await authorise(gateway, 'a');
  const early = await post(gateway, '/v1/refunds', 'r', { authorisationId: body.id, amount: euros(10) });
  expect(early).toMatchObject({ status: 409, body: { reason: 'not_captured' } });
  await post(gateway, `/v1/authorisations/${body.id}/capture`, 'c');
  expect(await post(gateway, '/v1/refunds', 'r', { authorisationId: body.id, amount: euros(10) })).toEqual({ ...early, replayed: true });
});

test('pm_refund_fails captures but cannot be refunded', async () => {
  const gateway = await start();
  const authorisationId = await captured(gateway, 'p', 'pm_refund_fails');
  expect(await post(gateway, '/v1/refunds', 'r', { authorisationId })).toMatchObject({ status: 409, body: { reason: 'refund_failed' } });
});

test.each([
  ['amount 0', { amount: euros(0) }],
  ['a fraction', { amount: euros(1.5) }],
  ['beyond 2^53', { amount: euros(2 ** 53) }],
  ['a currency in lower case', { amount: { amountMinor: 1, currency: 'eur' } }],
  ['no business time', { at: null }],
  ['a key from the prototype', { paymentMethod: { $ne: null } }],
])('%s is refused with 400 and nothing recorded', async (_name, more) => {
  const gateway = await start();
  const reply = await authorise(gateway, 'k', 'pm_ok', more);
  expect(reply).toMatchObject({ status: 400, body: { error: { effect: 'none' } } });
  expect(await ledger(gateway)).toEqual([]);
});

test('everything is there after a restart, and a torn last line is cut off', async () => {
  const gateway = await start();
  const replies = await Promise.all(Array.from({ length: 20 }, (_, i) => authorise(gateway, `k${i}`, 'pm_ok', { description: 'a\u2028b\nc' })));
  const before = await ledger(gateway);
  await stop(gateway);
  await appendFile(join(dataDir, 'ledger.jsonl'), '{"seq":21,"type":"oper');

  const again = await start();
  expect(await ledger(again)).toEqual(before);
  expect((await authorise(again, 'k7', 'pm_ok', { description: 'a\u2028b\nc' })).body).toEqual(replies[7]?.body);
  await authorise(again, 'next');
  await stop(again);
  const lines = (await readFile(join(dataDir, 'ledger.jsonl'), 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
});

test('damage in the middle of the ledger stops the start, naming file and line', async () => {
  const gateway = await start();
  await authorise(gateway, 'a');
  await stop(gateway);
  await appendFile(join(dataDir, 'ledger.jsonl'), 'oops\n{"seq":3}\n');
  await expect(start()).rejects.toThrow(/ledger\.jsonl is damaged at line 2/);
});

test('a second gateway on the same port fails before it touches the ledger', async () => {
  const gateway = await start();
  await expect(start({ port: Number(new URL(gateway.url).port) })).rejects.toThrow(/EADDRINUSE/);
});

describe('the page of pm_requires_action', () => {
  const press = (url: string, decision: string) => fetch(url, { method: 'POST', body: new URLSearchParams({ decision }), redirect: 'manual' });

  test('settles the authorisation once; the first decision stands', async () => {
    const gateway = await start();
    const { body } = await authorise(gateway, 'k', 'pm_requires_action', { description: '<script>alert(1)</script>' });
    const { url } = body.nextAction as { url: string };
    expect((await post(gateway, `/v1/authorisations/${body.id}/capture`, 'early')).body.reason).toBe('not_authorised');

    const page = await fetch(url);
    const html = await page.text();
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(html).toContain('value="approve"');
    expect(html).not.toContain('<script');

    expect((await press(url, 'approve')).status).toBe(303);
    await press(url, 'decline');
    expect(await (await fetch(url)).text()).toContain('You approved');
    expect((await get(gateway, '/v1/charges?key=k')).body).toMatchObject({ status: 'authorised' });
    expect((await authorise(gateway, 'k', 'pm_requires_action', { description: '<script>alert(1)</script>' })).body).toEqual(body);
    expect((await post(gateway, `/v1/authorisations/${body.id}/capture`, 'c')).status).toBe(201);
    expect((await ledger(gateway)).map(({ outcome }) => outcome)).toEqual(['requires_action', 'rejected', 'authorised', 'captured']);
  });

  test('after a void the page can change nothing, also after a restart', async () => {
    const gateway = await start();
    const { body } = await authorise(gateway, 'k', 'pm_requires_action');
    await post(gateway, `/v1/authorisations/${body.id}/void`, 'v');
    const { pathname } = new URL((body.nextAction as { url: string }).url);
    await stop(gateway);
    const again = await start();
    await press(`${again.url}${pathname}`, 'approve');
    expect((await get(again, '/v1/charges?key=k')).body).toMatchObject({ status: 'declined', reason: 'voided' });
  });
});

describe('chaos', () => {
  const setChaos = ({ url }: SandboxGateway, chaos: object, token = 'admin') =>
    fetch(`${url}/v1/admin/chaos`, { method: 'PUT', headers: { authorization: `Bearer ${token}` }, body: JSON.stringify(chaos) });

  test('strikes the same keys in the same way whenever the seed is the same', async () => {
    const outcomes = async (seed: string, folder: string) => {
      const gateway = await start({ dataDir: join(dataDir, folder), chaos: { seed, unavailablePercent: 30, declinePercent: 30 } });
      return Promise.all(Array.from({ length: 60 }, async (_, i) => (await authorise(gateway, `k${i}`)).status));
    };
    const [first, again, other] = [await outcomes('s', '1'), await outcomes('s', '2'), await outcomes('t', '3')];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(new Set(first)).toEqual(new Set([201, 402, 503]));
  });

  test('down answers 503 until it is lifted, and the admin call needs its token', async () => {
    const gateway = await start();
    expect((await setChaos(gateway, { down: true }, 'ten_a')).status).toBe(401);
    expect((await setChaos(gateway, { timeoutPercent: 1 })).status).toBe(400);
    expect((await setChaos(gateway, { down: true })).status).toBe(200);
    expect((await authorise(gateway, 'k')).status).toBe(503);
    await setChaos(gateway, { down: false });
    expect((await authorise(gateway, 'k')).status).toBe(201);
  });
});
