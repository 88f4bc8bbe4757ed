import { randomUUID } from 'node:crypto';
import { newId } from '../../../domain/ids';
import { expectContract } from '../../../testing/expect-contract';
import { seedCaptured } from '../../../testing/worlds/seed-payment';
import { startTestApi, type TestApi } from '../../../testing/test-api';
import type { AppInput } from '../../app';

const body = { amount: { amountMinor: 500, currency: 'EUR' }, paymentMethod: 'pm_ok' };
let api: TestApi;
let key: string;
let tenantId: string;
let answerCommand: AppInput['sendPaymentCommand'] = async ({ at }) => ({ state: 'cancelled', at });

beforeAll(async () => {
  api = await startTestApi({
    hasGateway: (id) => id.endsWith(':sandbox'),
    sendPaymentCommand: (input) => answerCommand(input),
  });
  ({ key, tenantId } = await api.newTenant());
});
afterAll(() => api.stop());

const post = async (path: string, content?: object, { idempotencyKey = newId('event'), as = key } = {}) => {
  const call = api.call('post', path, as).set('Idempotency-Key', idempotencyKey);
  return expectContract(await (content === undefined ? call : call.send(content)));
};
const get = async (path: string, as = key) => expectContract(await api.call('get', path, as));

describe('payments', () => {
  it('are accepted with all data of their process; the same key returns the same payment', async () => {
    const idempotencyKey = randomUUID();
    const first = await post(
      '/payments',
      { ...body, customerId: 'cust-1', orderRef: 'A-1', metadata: { a: 'b' } },
      { idempotencyKey },
    );
    expect([first.status, first.headers.location, first.headers.etag]).toEqual([
      202,
      `/api/v1/payments/${first.body.id}`,
      '"1"',
    ]);
    expect(first.body).toMatchObject({
      state: 'accepted',
      capture: 'automatic',
      customerId: 'cust-1',
      refundable: { amountMinor: 0 },
      waitingFor: { what: 'the process to start' },
    });
    const again = await post(
      '/payments',
      { ...body, customerId: 'cust-1', orderRef: 'A-1', metadata: { a: 'b' } },
      { idempotencyKey },
    );
    expect([again.status, again.headers['idempotent-replayed'], again.body]).toEqual([202, 'true', first.body]);
    const rows = await api.database.models.outbox.find({ entityId: first.body.id, start: { $ne: null } }).lean();
    expect(rows.map(({ start }) => start?.workflowId)).toEqual([`processPayment/${first.body.id}`]);
    expect(api.started.filter(({ entityId }) => entityId === first.body.id)).toHaveLength(1);
    expect((await post('/payments/initialize', body)).status).toBe(202);
  });

  it.each([
    ['negative', '-1', 'EUR', '/amount/amountMinor'],
    ['zero', '0', 'EUR', '/amount/amountMinor'],
    ['fractional', '10.5', 'EUR', '/amount/amountMinor'],
    ['finer than a double', '1000.00000000000000001', 'EUR', '/amount/amountMinor'],
    ['finer than a double near 2^53', '9007199254740990.6', 'EUR', '/amount/amountMinor'],
    ['beyond 2^53', '9007199254740992', 'EUR', '/amount/amountMinor'],
    ['infinite', '1e400', 'EUR', '/amount/amountMinor'],
    ['a decimal text', '"10.50"', 'JPY', '/amount/amountMinor'],
    ['of an unknown currency', '100', 'EUX', '/amount/currency'],
    ['of a currency in small letters', '100', 'eur', '/amount/currency'],
    ['of gold', '100', 'XAU', '/amount/currency'],
  ])('whose amount is %s are rejected, and nothing is stored', async (_what, amountMinor, currency, pointer) => {
    const count = async () =>
      Promise.all(Object.values(api.database.models).map((model) => model.collection.countDocuments()));
    const before = await count();
    const answer = expectContract(
      await api
        .call('post', '/payments', key)
        .set('Content-Type', 'application/json')
        .send(JSON.stringify({ ...body, amount: { amountMinor: '@', currency } }).replace('"@"', amountMinor)),
    );
    expect([answer.status, answer.body.errors.map((error: { pointer: string }) => error.pointer)]).toEqual([
      422,
      [pointer],
    ]);
    expect(await count()).toEqual(before);
  });

  it('are listed newest first, by state, customer and order', async () => {
    const tenant = await api.newTenant();
    const made = [];
    for (const more of [{ customerId: 'c1' }, { customerId: 'c1', orderRef: 'o1' }, { customerId: 'c2' }])
      made.push((await post('/payments', { ...body, ...more }, { as: tenant.key })).body.id);
    await seedCaptured({ api, tenantId: tenant.tenantId });
    const ids = async (query: string) =>
      (await get(`/payments?${query}`, tenant.key)).body.items.map(({ id }: { id: string }) => id);
    // The captured one was written last, and is dated on an earlier day.
    expect((await ids('')).slice(0, -1)).toEqual(made.toReversed());
    expect(await ids('customerId=c1')).toEqual([made[1], made[0]]);
    expect(await ids('customerId=c1&orderRef=o1')).toEqual([made[1]]);
    expect(await ids('state=captured')).toHaveLength(1);
    const page = (await get('/payments?limit=3', tenant.key)).body;
    expect([
      page.items.length,
      (await get(`/payments?limit=3&cursor=${page.next}`, tenant.key)).body.items.length,
    ]).toEqual([3, 1]);
    expect((await get(`/payments/${made[0]}/events`, tenant.key)).body.items).toEqual([
      expect.objectContaining({ type: 'payment.accepted', summary: 'The payment was accepted.' }),
    ]);
  });

  it('of a live tenant without a gateway are rejected, and nothing is stored', async () => {
    const live = await api.newTenant({ mode: 'live' });
    const refused = await post('/payments', body, { as: live.key });
    expect([refused.status, refused.body.code]).toEqual([409, 'GATEWAY_NOT_CONFIGURED']);
    expect(await api.database.models.idempotency.countDocuments({ tenantId: live.tenantId })).toBe(0);
  });

  it('carry the time of the tenant, which may be ahead', async () => {
    const ahead = await api.newTenant();
    await api.database.models.sandboxClocks.insertMany([
      {
        _id: ahead.tenantId,
        tenantId: ahead.tenantId,
        offsetMs: 31 * 86_400_000,
        advancing: null,
        updatedAt: new Date(),
      },
    ]);
    const isAhead = (text: string) => Math.abs(Date.parse(text) - Date.now() - 31 * 86_400_000) < 60_000;
    const payment = (await post('/payments', body, { as: ahead.key })).body;
    const onboarding = (await post('/onboardings', { email: 'later@example.com', name: 'Later' }, { as: ahead.key }))
      .body;
    expect([payment.createdAt, onboarding.createdAt].map(isAhead)).toEqual([true, true]);
    expect(isAhead((await get('/sandbox/clock', ahead.key)).body.now)).toBe(true);
  });
});

describe('reviewing and capturing', () => {
  it('send the decision and the amount to the process, but not the note', async () => {
    const sent: object[] = [];
    answerCommand = async (input) => {
      sent.push(input);
      return { state: 'authorising', at: input.at };
    };
    const paymentId = await seedCaptured({ api, tenantId, state: 'review' });
    const reviewed = await post(`/payments/${paymentId}/review`, { decision: 'approve', note: 'Known customer' });
    expect([reviewed.status, reviewed.headers['content-location']]).toEqual([200, `/api/v1/payments/${paymentId}`]);
    await post(`/payments/${paymentId}/capture`, { amount: { amountMinor: 100, currency: 'EUR' } });
    expect(sent).toMatchObject([
      { command: 'reviewPayment', decision: 'approve', by: { kind: 'reviewer' } },
      { command: 'capturePayment', amount: { amountMinor: 100, currency: 'EUR' }, by: { kind: 'api_key' } },
    ]);
    expect(JSON.stringify(sent)).not.toContain('Known customer');
    expect(
      (
        await api.database.models.commandPayloads
          .findOne({ entityId: paymentId, 'payload.note': 'Known customer' })
          .lean()
      )?.tenantId,
    ).toBe(tenantId);
  });
});
