import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { authorise, captured, dataDir, euros, get, ledger, post, send, start, stop } from './gateway-under-test';

test('100 racing calls under one key make one charge and get one response', async () => {
  const gateway = await start();
  const replies = await Promise.all(Array.from({ length: 100 }, () => authorise(gateway, 'pay_1:authorise')));
  expect(new Set(replies.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  expect(replies.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(await ledger(gateway)).toHaveLength(1);
});

test('a key used for another request is refused; another business time is the same request', async () => {
  const gateway = await start();
  const first = await authorise(gateway, 'k');
  expect((await authorise(gateway, 'k', 'pm_ok', { amount: euros(1001) })).status).toBe(422);
  expect((await post(gateway, `/v1/authorisations/${first.body.id}/capture`, 'k')).status).toBe(422);
  expect(await authorise(gateway, 'k', 'pm_ok', { at: '2027-01-01T00:00:00Z' })).toEqual({ ...first, replayed: true });
});

test('accounts share no keys, authorisations or ledgers', async () => {
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
  ['pm_nobody', 402, 'declined', 'card_invalid'],
  ['toString', 402, 'declined', 'card_invalid'],
])('%s responds with %i %s', async (paymentMethod, status, outcome, reason) => {
  const reply = await authorise(await start(), 'k', paymentMethod);
  expect([reply.status, reply.body.status, reply.body.reason]).toEqual([status, outcome, reason]);
});

test('a path that is no URL is refused, and a description counts each character once', async () => {
  const gateway = await start();
  expect((await send(gateway, { path: '//' })).status).toBe(400);
  expect((await authorise(gateway, 'k', 'pm_ok', { description: '😀'.repeat(1000) })).status).toBe(201);
  expect((await authorise(gateway, 'l', 'pm_ok', { description: '😀'.repeat(1001) })).status).toBe(400);
});

test('pm_slow is charged immediately and responds late; a repeat need not wait', async () => {
  const gateway = await start();
  const startedAt = performance.now();
  let hasResponse = false;
  const first = authorise(gateway, 'k', 'pm_slow').then(() => {
    hasResponse = true;
    return performance.now() - startedAt;
  });
  while ((await get(gateway, '/v1/charges?key=k')).status === 404);
  expect(await authorise(gateway, 'k', 'pm_slow')).toMatchObject({ status: 201, replayed: true });
  expect(hasResponse).toBe(false);
  expect(await first).toBeGreaterThanOrEqual(590);
});

test('pm_timeout_after_charge never responds to the first call; look-up and repeat find it', async () => {
  const gateway = await start();
  await expect(
    post(
      gateway,
      '/v1/authorisations',
      'k',
      { amount: euros(1000), paymentMethod: 'pm_timeout_after_charge' },
      'ten_a',
      AbortSignal.timeout(200),
    ),
  ).rejects.toThrow();
  expect((await get(gateway, '/v1/charges?key=k')).body).toMatchObject({
    status: 'authorised',
    operation: 'authorise',
  });
  expect(await authorise(gateway, 'k', 'pm_timeout_after_charge')).toMatchObject({ status: 201, replayed: true });
  expect(await ledger(gateway)).toHaveLength(1);
});

test('pm_flaky responds with 503 twice for each key without any effect, then works', async () => {
  const gateway = await start();
  const statuses = [];
  for (const key of ['a', 'a', 'a', 'a', 'b']) statuses.push((await authorise(gateway, key, 'pm_flaky')).status);
  expect(statuses).toEqual([503, 503, 201, 201, 503]);
  expect(await ledger(gateway)).toHaveLength(1);
});

test('pm_decline_on_renewal is accepted until a renewal', async () => {
  const gateway = await start();
  expect((await authorise(gateway, 'first', 'pm_decline_on_renewal')).status).toBe(201);
  expect((await authorise(gateway, 'second', 'pm_decline_on_renewal', { purpose: 'renewal' })).body.reason).toBe(
    'card_declined',
  );
});

test('pm_expires_next_month lasts to the end of the month after its first use by a customer', async () => {
  const gateway = await start();
  const facts = await get(
    gateway,
    '/v1/payment-methods/pm_expires_next_month?customerId=cus_1&at=2026-12-31T23:00:00-05:00',
  );
  expect(facts.body).toMatchObject({ expMonth: 2, expYear: 2027 });
  await stop(gateway);
  const again = await start();
  const charge = (key: string, at: string, customerId = 'cus_1') =>
    authorise(again, key, 'pm_expires_next_month', { at, customerId });
  expect((await charge('last', '2027-02-28T23:59:59.999Z')).status).toBe(201);
  expect((await charge('late', '2027-03-01T00:00:00Z')).body.reason).toBe('card_expired');
  expect((await charge('other', '2027-03-01T00:00:00Z', 'cus_2')).status).toBe(201);
});

test('one of many racing captures wins, and never for more than was authorised', async () => {
  const gateway = await start();
  const { body } = await authorise(gateway, 'a');
  expect(
    (await post(gateway, `/v1/authorisations/${body.id}/capture`, 'over', { amount: euros(1001) })).body.reason,
  ).toBe('amount_too_large');
  const replies = await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      post(gateway, `/v1/authorisations/${body.id}/capture`, `c${i}`, { amount: euros(600) }),
    ),
  );
  expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(replies.filter(({ body }) => body.reason === 'already_captured')).toHaveLength(49);
  expect((await post(gateway, `/v1/authorisations/${body.id}/void`, 'v')).body.reason).toBe('already_captured');
});

test('200 racing refunds never refund more than was captured', async () => {
  const gateway = await start();
  const authorisationId = await captured(gateway, 'p');
  const replies = await Promise.all(
    Array.from({ length: 200 }, (_, i) =>
      post(gateway, '/v1/refunds', `r${i}`, { authorisationId, amount: euros(30) }),
    ),
  );
  expect(replies.filter(({ status }) => status === 201)).toHaveLength(33);
  expect((await post(gateway, '/v1/refunds', 'rest', { authorisationId })).body).toMatchObject({
    status: 'refunded',
    amount: euros(10),
  });
  expect((await post(gateway, '/v1/refunds', 'none', { authorisationId })).body.reason).toBe('already_refunded');
});

test('a call that broke a rule has the same result for ever, even once the rule would allow it', async () => {
  const gateway = await start();
  const { body } = await authorise(gateway, 'a');
  const early = await post(gateway, '/v1/refunds', 'r', { authorisationId: body.id, amount: euros(10) });
  expect(early).toMatchObject({ status: 409, body: { reason: 'not_captured' } });
  await post(gateway, `/v1/authorisations/${body.id}/capture`, 'c');
  expect(await post(gateway, '/v1/refunds', 'r', { authorisationId: body.id, amount: euros(10) })).toEqual({
    ...early,
    replayed: true,
  });
});

test('pm_refund_fails captures but cannot be refunded', async () => {
  const gateway = await start();
  const authorisationId = await captured(gateway, 'p', 'pm_refund_fails');
  expect(await post(gateway, '/v1/refunds', 'r', { authorisationId })).toMatchObject({
    status: 409,
    body: { reason: 'refund_failed' },
  });
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

test('all records survive a restart, and an incomplete last line is cut off', async () => {
  const gateway = await start();
  const replies = await Promise.all(
    Array.from({ length: 20 }, (_, i) => authorise(gateway, `k${i}`, 'pm_ok', { description: 'a\u2028b\nc' })),
  );
  const before = await ledger(gateway);
  await stop(gateway);
  await appendFile(join(dataDir(), 'ledger.jsonl'), '{"seq":21,"type":"oper');

  const again = await start();
  expect(await ledger(again)).toEqual(before);
  expect((await authorise(again, 'k7', 'pm_ok', { description: 'a\u2028b\nc' })).body).toEqual(replies[7]?.body);
  await authorise(again, 'next');
  await stop(again);
  const lines = (await readFile(join(dataDir(), 'ledger.jsonl'), 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual(
    Array.from({ length: 21 }, (_, i) => i + 1),
  );
});

test('damage in the middle of the ledger prevents the start, naming file and line', async () => {
  const gateway = await start();
  await authorise(gateway, 'a');
  await stop(gateway);
  await appendFile(join(dataDir(), 'ledger.jsonl'), 'oops\n{"seq":3}\n');
  await expect(start()).rejects.toThrow(/ledger\.jsonl is damaged at line 2/);
});

test('a second simulator on the same port fails before it opens the ledger', async () => {
  const gateway = await start();
  const [port, pagesPort] = [gateway.url, gateway.pagesUrl].map((url) => Number(new URL(url).port));
  await expect(start({ port })).rejects.toThrow(/EADDRINUSE/);
  await expect(start({ pagesPort })).rejects.toThrow(/EADDRINUSE/);
});
