import { randomUUID } from 'node:crypto';
import { DomainError } from '../../../domain/domain-error';
import { expectContract } from '../../../testing/expect-contract';
import { seedPayment } from '../../../testing/worlds/seed-payment';
import { OPERATOR_KEY, startTestApi, type TestApi } from '../../../testing/test-api';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const post = async (path: string, content: object | undefined, { as }: { as: string }) => {
  const call = api.call('post', path, as).set('Idempotency-Key', randomUUID());
  return expectContract(await (content === undefined ? call : call.send(content)));
};
const get = async (path: string, as: string) => expectContract(await api.call('get', path, as));

describe('the sandbox and its operator', () => {
  it('compensations are retried or waived once, by operators only', async () => {
    const tenant = await api.newTenant({ scopes: ['operator'] });
    const { compensationId, paymentId } = await seedPayment({ api, tenantId: tenant.tenantId });
    expect((await get('/operations/compensations?state=stuck', tenant.key)).body.items).toEqual([
      expect.objectContaining({ id: compensationId, failures: 10 }),
    ]);
    expect((await get('/operations/compensations?state=compensated', tenant.key)).body.items).toEqual([]);
    expect(
      (await post(`/operations/compensations/${compensationId}/retry`, undefined, { as: tenant.key })).body,
    ).toMatchObject({ state: 'compensating', failures: 0 });
    await api.database.models.compensations.updateOne({ _id: compensationId }, { $set: { state: 'stuck' } });
    expect(
      (await post(`/operations/compensations/${compensationId}/waive`, { reason: 'By hand' }, { as: OPERATOR_KEY }))
        .body,
    ).toMatchObject({ state: 'waived', waived: { by: { kind: 'operator', id: null }, reason: 'By hand' } });
    expect((await post(`/operations/compensations/${compensationId}/waive`, {}, { as: OPERATOR_KEY })).status).toBe(
      409,
    );
    const timeline = await api.database.models.events.find({ entityId: paymentId }).sort({ version: 1 }).lean();
    expect(timeline.map(({ type }) => type).slice(-2)).toEqual(['payment.undo_retried', 'payment.undo_waived']);
  });

  it('an empty ledger balances; one that does not balance describes its problems', async () => {
    const tenant = await api.newTenant();
    expect((await get('/ledger/balance', tenant.key)).body).toEqual({ balanced: true, currencies: [], problems: [] });
    const lines = [
      { account: 'captured', side: 'debit', amountMinor: 500 },
      { account: 'fulfilled', side: 'credit', amountMinor: 499 },
    ] as never;
    await api.database.models.ledgerPostings.insertMany([
      {
        _id: `${tenant.tenantId}:1`,
        tenantId: tenant.tenantId,
        event: 'capture',
        paymentId: 'pay_1',
        currency: 'EUR',
        lines,
        at: new Date(),
        recordedAt: new Date(),
      },
    ]);
    const { body: books } = await get('/ledger/balance', tenant.key);
    expect(books).toMatchObject({
      balanced: false,
      currencies: [{ currency: 'EUR', captured: 500, fulfilled: 499, debit: 500, credit: 499 }],
    });
    expect(books.problems.join()).toContain('debit 500 and credit 499 differ by 1');
  });

  it('the clock is for sandboxes only: one advance at a time, up to 400 days, as an operation', async () => {
    const tenant = await api.newTenant();
    const live = await api.newTenant({ mode: 'live' });
    for (const [method, path] of [
      ['get', '/sandbox/clock'],
      ['post', '/sandbox/clock/reset'],
    ] as const) {
      const refused = expectContract(await api.call(method, path, live.key));
      expect([refused.status, refused.body.code]).toEqual([403, 'SANDBOX_ONLY']);
    }
    expect((await post('/sandbox/clock/advance', { by: 'P1D' }, { as: live.key })).body.code).toBe('SANDBOX_ONLY');
    expect((await post('/sandbox/clock/advance', { by: 'P401D' }, { as: tenant.key })).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '/by' }],
    });
    const advance = await post('/sandbox/clock/advance', { by: 'P31D' }, { as: tenant.key });
    expect([advance.status, advance.body.state, advance.headers.location]).toEqual([
      202,
      'running',
      `/api/v1/operations/${advance.body.id}`,
    ]);
    expect((await get(`/operations/${advance.body.id}`, tenant.key)).body).toEqual(advance.body);
    expect((await post('/sandbox/clock/advance', { by: 'P1D' }, { as: tenant.key })).body).toMatchObject({
      status: 409,
      code: 'CLOCK_ADVANCING',
      conflictsWith: advance.body.id,
    });
    expect((await get('/sandbox/clock', tenant.key)).body).toMatchObject({
      offsetSeconds: 0,
      advancing: advance.body.id,
    });
    expect((await post('/sandbox/clock/reset', undefined, { as: tenant.key })).status).toBe(200);
  });

  it('an advance beyond twenty years ahead of real time is rejected and stores nothing', async () => {
    const tenant = await api.newTenant();
    const { sandboxClocks, operations, outbox } = api.database.models;
    const ahead = new Date();
    ahead.setUTCFullYear(ahead.getUTCFullYear() + 20);
    const clock = {
      _id: tenant.tenantId,
      tenantId: tenant.tenantId,
      offsetMs: ahead.getTime() - Date.now() - 10 * 86_400_000,
      advancing: null,
      updatedAt: new Date(),
    };
    await sandboxClocks.insertMany([clock]);
    const { body } = await post('/sandbox/clock/advance', { by: 'P11D' }, { as: tenant.key });
    expect(body).toMatchObject({
      status: 422,
      code: 'INSTANT_TOO_LATE',
      detail: expect.stringContaining('/sandbox/clock/reset'),
      errors: [{ pointer: '/by' }],
    });
    expect(await sandboxClocks.findById(tenant.tenantId).lean()).toMatchObject(clock);
    expect([
      await operations.countDocuments({ tenantId: tenant.tenantId }),
      await outbox.countDocuments({ tenantId: tenant.tenantId }),
    ]).toEqual([0, 0]);
    expect((await post('/sandbox/clock/advance', { by: 'P9D' }, { as: tenant.key })).status).toBe(202);
  });

  it('an advance begins at the time that its own transaction reads', async () => {
    const tenant = await api.newTenant();
    const { sandboxClocks, operations } = api.database.models;
    const DAY_MS = 86_400_000;
    const requestBegan = new Date();
    await sandboxClocks.insertMany([
      { _id: tenant.tenantId, tenantId: tenant.tenantId, offsetMs: DAY_MS, advancing: null, updatedAt: new Date() },
    ]);
    const read = jest.spyOn(sandboxClocks, 'findById').mockReturnValueOnce({ lean: async () => null } as never);
    const { status, body } = await post('/sandbox/clock/advance', { by: 'P1D' }, { as: tenant.key });
    read.mockRestore();
    expect(status).toBe(202);
    const { from, target, offsets } = await operations.findById(body.id).lean().orFail();
    expect(from.getTime()).toBeGreaterThanOrEqual(requestBegan.getTime() + DAY_MS);
    expect(target.getTime() - from.getTime()).toBe(DAY_MS);
    expect(offsets).toMatchObject({ fromMs: DAY_MS, targetMs: 2 * DAY_MS });
  });

  it('an advance is 501 when the server cannot skip time', async () => {
    const old = await startTestApi({
      requireTimeSkipping: () => Promise.reject(new DomainError('TIME_SKIPPING_UNAVAILABLE', 'Switch it on')),
    });
    const tenant = await old.newTenant();
    const refused = expectContract(await old.call('post', '/sandbox/clock/advance', tenant.key).send({ by: 'P1D' }));
    await old.stop();
    expect([refused.status, refused.body.code]).toEqual([501, 'TIME_SKIPPING_UNAVAILABLE']);
  });
});
