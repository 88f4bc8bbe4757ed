import { DomainError } from '../../domain/domain-error';
import { expectContract } from '../../testing/expect-contract';
import { seedPayment } from '../../testing/worlds/seed-payment';
import { seedSubscription } from '../../testing/worlds/seed-subscription';
import { OPERATOR_KEY, startTestApi, type TestApi } from '../../testing/test-api';

describe('conditions and repeats', () => {
  let api: TestApi;
  let tenant: Awaited<ReturnType<TestApi['newTenant']>>;
  let refusal: Error | null = null;
  beforeAll(async () => {
    api = await startTestApi({
      sendSubscriptionCommand: async (input) => {
        if (refusal) throw refusal;
        api.commands.push(input);
        return { state: 'active', at: '2026-11-21T09:00:00.000Z' };
      },
    });
    tenant = await api.newTenant();
  });
  beforeEach(() => {
    refusal = null;
  });
  afterAll(() => api.stop());

  const send = (
    method: 'get' | 'post' | 'patch' | 'delete',
    path: string,
    headers: Record<string, string>,
    body?: object,
    key = tenant.key,
  ) => api.call(method, path, key).set(headers).send(body).then(expectContract);
  const tagOf = async (path: string): Promise<string> => (await send('get', path, {})).headers.etag ?? '';
  const stale = { 'If-Match': '"stale"' };
  const mismatch = { status: 412, code: 'VERSION_MISMATCH' };

  it('a command with a stale If-Match is not sent; with the present tag it is', async () => {
    const { subscriptionId } = await seedSubscription({ api, tenantId: tenant.tenantId });
    const path = `/subscriptions/${subscriptionId}`;
    expect((await send('post', `${path}/cancel`, stale, { when: 'now' })).body).toMatchObject(mismatch);
    expect(api.commands).toEqual([]);
    const held = { 'If-None-Match': await tagOf(path) };
    expect((await send('post', `${path}/cancel`, held, { when: 'now' })).status).toBe(412);
    const present = { 'If-Match': `"older", ${await tagOf(path)}` };
    expect((await send('post', `${path}/cancel`, present, { when: 'now' })).status).toBe(200);
    expect(api.commands).toHaveLength(1);
  });

  it('a kept response is replayed before conditions are checked, and a 412 is not kept', async () => {
    const { body } = await send('post', '/onboardings', {}, { email: 'ada@example.com', name: 'Ada' });
    await api.database.models.users.updateOne({ _id: body.userId }, { $set: { state: 'active' } });
    const path = `/users/${body.userId}`;
    const suspend = (headers: Record<string, string>) =>
      send('post', `${path}/suspend`, { 'Idempotency-Key': 'suspend-once', ...headers });
    expect((await suspend(stale)).body).toMatchObject(mismatch);
    const present = { 'If-Match': await tagOf(path) };
    const done = await suspend(present);
    expect(done.status).toBe(200);
    const repeat = await suspend(present);
    expect([repeat.status, repeat.headers['idempotent-replayed'], repeat.body]).toEqual([200, 'true', done.body]);
  });

  it('conditions hold for every other method too', async () => {
    const { paymentId } = await seedPayment({ api, tenantId: tenant.tenantId });
    const key = `/partners/${tenant.partnerId}/api-keys/${tenant.keyId}`;
    expect((await send('get', `/payments/${paymentId}`, stale)).body).toMatchObject(mismatch);
    expect((await send('get', '/payments', stale)).body).toMatchObject(mismatch);
    expect((await send('post', `/payments/${paymentId}/refunds`, stale)).body).toMatchObject(mismatch);
    expect((await send('delete', key, stale, undefined, OPERATOR_KEY)).body).toMatchObject(mismatch);
    const plan = { name: 'P', amount: { amountMinor: 1, currency: 'EUR' }, interval: 'month' };
    expect((await send('post', '/plans', stale, plan)).body).toMatchObject(mismatch);
    expect((await send('post', '/plans', { 'If-Match': '*' }, plan)).status).toBe(201);
    expect((await send('post', '/users/usr_00000000000000000000000000/suspend', stale)).status).toBe(404);
  });

  it('a request rejected for a passing cause is checked again under its key; others stay', async () => {
    const { subscriptionId } = await seedSubscription({ api, tenantId: tenant.tenantId });
    const pause = (key: string) => send('post', `/subscriptions/${subscriptionId}/pause`, { 'Idempotency-Key': key });
    refusal = new DomainError('SUBSCRIPTION_NOT_STARTED', 'Wait');
    expect((await pause('early')).status).toBe(409);
    refusal = new DomainError('SUBSCRIPTION_CANCELLED', 'Over');
    expect((await pause('over')).status).toBe(409);
    refusal = null;
    expect([(await pause('early')).status, (await pause('over')).status]).toEqual([200, 409]);
  });

  it('an advance rejected during another advance succeeds later under the same key', async () => {
    const advance = () => send('post', '/sandbox/clock/advance', { 'Idempotency-Key': 'advance' }, { by: 'P2D' });
    const { body: first } = await send('post', '/sandbox/clock/advance', {}, { by: 'P1D' });
    const refused = await advance();
    expect(refused.body).toMatchObject({ status: 409, code: 'CLOCK_ADVANCING', conflictsWith: first.id });
    expect(refused.headers['retry-after']).toBe('5');
    const { operations, sandboxClocks } = api.database.models;
    await operations.updateOne({ _id: first.id }, { $set: { state: 'completed' } });
    await sandboxClocks.updateOne({ _id: tenant.tenantId }, { $set: { advancing: null } });
    expect((await advance()).status).toBe(202);
  });

  it('a repeat has the correlation id of the first request, in header and body', async () => {
    const create = (correlationId: string, email: string) =>
      send(
        'post',
        '/onboardings',
        { 'Idempotency-Key': `repeat-${email}`, 'X-Correlation-Id': correlationId },
        { email, name: 'R' },
      );
    await create('first', 'repeat@example.com');
    const repeat = await create('second', 'repeat@example.com');
    expect([repeat.headers['x-correlation-id'], repeat.body.correlationId]).toEqual(['first', 'first']);
    const taken = (correlationId: string) =>
      send(
        'post',
        '/onboardings',
        { 'Idempotency-Key': 'taken', 'X-Correlation-Id': correlationId },
        { email: 'Repeat@example.com', name: 'R' },
      );
    await taken('third');
    const again = await taken('fourth');
    expect([again.headers['x-correlation-id'], again.body.correlationId]).toEqual(['third', 'third']);
  });

  it('a query that encodes no text is 400', async () => {
    expect((await send('get', '/payments?customerId=%FF', {})).body).toMatchObject({
      status: 400,
      code: 'INVALID_PARAMETER',
      errors: [{ parameter: 'customerId', rule: 'encoding' }],
    });
  });
});
