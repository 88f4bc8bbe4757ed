import { expectContract } from '../../testing/expect-contract';
import { OPERATOR_KEY, startTestApi, type TestApi } from '../../testing/test-api';

describe('idempotency', () => {
  let api: TestApi;
  let tenant: Awaited<ReturnType<TestApi['newTenant']>>;

  beforeAll(async () => {
    api = await startTestApi();
    tenant = await api.newTenant();
  });
  afterAll(() => api.stop());

  let number = 0;
  const person = () => ({ email: `ada${++number}@example.com`, name: 'Ada' });
  const post = (path: string, key: string, body: object, apiKey = tenant.key) =>
    api.call('post', path, apiKey).set('Idempotency-Key', key).send(body).then(expectContract);

  it('creates one onboarding for 50 concurrent requests with one key', async () => {
    const body = person();
    const startsBefore = api.started.length;
    const answers = await Promise.all(Array.from({ length: 50 }, () => post('/onboardings', 'fifty', body)));
    const accepted = answers.filter(({ status }) => status === 202);
    const others = answers.filter(({ status }) => status !== 202);
    expect(
      others
        .map(({ status, body: problem }) => `${status} ${problem.code}`)
        .filter((text) => text !== '409 REQUEST_IN_FLIGHT'),
    ).toEqual([]);
    expect(new Set(accepted.map(({ body: { id } }) => id)).size).toBe(1);
    expect(accepted.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1);
    expect(api.started.length - startsBefore).toBe(1);
    const { onboardings, users, events, outbox } = api.database.models;
    const found = await onboardings.find({ email: body.email }).lean();
    expect(found).toHaveLength(1);
    const id = found[0]?._id;
    expect(await users.countDocuments({ email: body.email })).toBe(1);
    expect(await events.countDocuments({ entityId: id })).toBe(1);
    expect(await outbox.countDocuments({ entityId: id })).toBe(2);
  });

  it('asks to repeat while the first request has no majority yet', async () => {
    const plan = { name: 'Basic', amount: { amountMinor: 900, currency: 'EUR' }, interval: 'month' };
    const first = await post('/plans', 'no-majority', plan);
    const nothing = { lean: async () => null } as never;
    const read = jest.spyOn(api.database.models.idempotency, 'findOne').mockReturnValueOnce(nothing);
    const repeat = await post('/plans', 'no-majority', plan).finally(() => read.mockRestore());
    expect(repeat.body).toMatchObject({ status: 409, code: 'REQUEST_IN_FLIGHT' });
    expect((await post('/plans', 'no-majority', plan)).body).toEqual(first.body);
  });

  it('compares requests as sent: an explicit default makes a different request', async () => {
    const body = person();
    expect((await post('/onboardings', 'default', body)).status).toBe(202);
    expect((await post('/onboardings', 'default', { ...body, requiresApproval: false })).body.code).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    );
    expect((await post('/onboardings', 'default', body)).headers['idempotent-replayed']).toBe('true');
  });

  it('replays the first response, whatever the order of the keys in the body', async () => {
    const { email, name } = person();
    const first = await post('/onboardings', 'again', { email, name });
    const second = await post('/onboardings', 'again', { name, email });
    expect(second.status).toBe(202);
    expect(second.body).toEqual(first.body);
    expect(second.headers).toMatchObject({
      'idempotent-replayed': 'true',
      location: first.headers.location,
      etag: first.headers.etag,
    });
  });

  it('rejects the same key with another body or path', async () => {
    const body = person();
    const {
      body: { id },
    } = await post('/onboardings', 'reused', body);
    expect((await post('/onboardings', 'reused', { ...body, name: 'Grace' })).body).toMatchObject({
      status: 422,
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect((await post(`/onboardings/${id}/cancel`, 'reused', {})).body).toMatchObject({
      status: 422,
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect(api.commands).toEqual([]);
  });

  it('rejects a missing or invalid key', async () => {
    const missing = await api.call('post', '/onboardings', tenant.key).unset('Idempotency-Key').send(person());
    expect(expectContract(missing).body).toMatchObject({ status: 400, code: 'IDEMPOTENCY_KEY_MISSING' });
    expect((await post('/onboardings', 'with space', person())).body).toMatchObject({
      status: 400,
      code: 'INVALID_PARAMETER',
      errors: [{ parameter: 'Idempotency-Key' }],
    });
  });

  it('keeps equal keys of different tenants apart', async () => {
    const other = await api.newTenant();
    const sameTenantLive = await api.newTenant({ partnerId: tenant.partnerId, mode: 'live' });
    const body = person();
    const answers = [
      await post('/onboardings', 'shared', body),
      await post('/onboardings', 'shared', body, other.key),
      await post('/onboardings', 'shared', body, sameTenantLive.key),
    ];
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(new Set(answers.map(({ body: { id } }) => id)).size).toBe(3);
  });

  it('keeps a rejection: the repeat gets the same response although the cause is gone', async () => {
    const body = person();
    const { body: first } = await post('/onboardings', 'first', body);
    const refused = await post('/onboardings', 'refused', body);
    expect(refused.body).toMatchObject({ status: 409, code: 'ONBOARDING_OPEN', conflictsWith: first.id });
    await api.database.models.heldAddresses.deleteOne({ _id: first.userId });
    const repeated = await post('/onboardings', 'refused', body);
    expect(repeated.body).toEqual(refused.body);
    expect(repeated.headers).toMatchObject({
      'idempotent-replayed': 'true',
      'content-type': 'application/problem+json',
    });
  });

  it('names the user who has the address, once their onboarding has ended', async () => {
    const body = person();
    const { body: first } = await post('/onboardings', 'ended', body);
    await api.database.models.onboardings.updateOne({ _id: first.id }, { $set: { state: 'completed' } });
    expect((await post('/onboardings', 'taken', { ...body, email: body.email.toUpperCase() })).body).toMatchObject({
      status: 409,
      code: 'EMAIL_TAKEN',
      conflictsWith: first.userId,
    });
  });

  it('never stores the secret of an API key, so the repeat has none', async () => {
    const create = () =>
      post(`/partners/${tenant.partnerId}/api-keys`, 'key', { mode: 'live', scopes: ['read'] }, OPERATOR_KEY);
    const first = await create();
    const second = await create();
    expect(first.body.key).toMatch(/^pk_live_[\w-]{43}$/);
    expect(second.body).toEqual({ ...first.body, key: null });
    const stored = JSON.stringify(await api.database.connection.db?.collection('idempotency').find().toArray());
    expect(stored).not.toContain(first.body.key);
  });
});
