import { expectContract } from '../../../testing/expect-contract';
import { startTestApi, type TestApi } from '../../../testing/test-api';

describe('a user', () => {
  let api: TestApi;
  let key: string;
  let userId: string;
  const patch = (body: object, headers: Record<string, string> = {}) =>
    api.call('patch', `/users/${userId}`, key).set(headers).send(body).then(expectContract);
  const get = (path: string) => api.call('get', path, key).then(expectContract);
  beforeAll(async () => {
    api = await startTestApi();
    ({ key } = await api.newTenant());
    const person = { email: 'ada@example.com', name: 'User' };
    ({ userId } = (await api.call('post', '/onboardings', key).send(person)).body);
  });
  afterAll(() => api.stop());

  it('changes the given fields, clears null ones, and keeps the rest', async () => {
    const first = await patch({ name: 'Ada', profile: { company: 'A', phone: '+442071234567' } });
    expect([first.status, first.headers.etag]).toEqual([200, '"2"']);
    const second = await patch({ profile: { company: null } });
    expect(second.body).toMatchObject({
      name: 'Ada',
      profile: { company: null, phone: '+442071234567', displayName: null },
    });
    expect((await get(`/users/${userId}`)).body).toEqual(second.body);
    const events = await api.database.models.events.find({ entityId: userId }).sort({ version: 1 }).lean();
    expect(events.map(({ data }) => data)).toEqual([
      { fields: ['name', 'profile.company', 'profile.phone'] },
      { fields: ['profile.company'] },
    ]);
    expect(JSON.stringify(events)).not.toContain('Ada');
  });

  it('keeps its version when a patch changes nothing', async () => {
    const {
      headers: { etag },
    } = await get(`/users/${userId}`);
    expect((await patch({ name: 'Ada' })).headers.etag).toBe(etag);
  });

  it('rejects a change made from an older version', async () => {
    const {
      headers: { etag },
    } = await get(`/users/${userId}`);
    expect((await patch({ name: 'Grace' }, { 'If-Match': '"1"' })).body).toMatchObject({
      status: 412,
      code: 'VERSION_MISMATCH',
    });
    expect((await patch({ name: 'Grace' }, { 'If-Match': `W/${etag}` })).status).toBe(412);
    expect((await patch({ name: 'Grace' }, { 'If-Match': etag ?? '' })).status).toBe(200);
  });

  it('loses none of eight concurrent changes and lets one of eight with If-Match win', async () => {
    const before = Number((await get(`/users/${userId}`)).headers.etag?.slice(1, -1));
    const all = await Promise.all(
      Array.from({ length: 8 }, (_one, number) => patch({ metadata: { number: String(number) } })),
    );
    expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    const etag = `"${before + 8}"`;
    expect((await get(`/users/${userId}`)).headers.etag).toBe(etag);
    const guarded = await Promise.all(
      Array.from({ length: 8 }, (_one, number) => patch({ name: `N${number}` }, { 'If-Match': etag })),
    );
    expect(guarded.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200,
      ...Array.from({ length: 7 }, () => 412),
    ]);
  });

  it('suspends and reactivates an active user, each once per key', async () => {
    const post = (path: string, idempotencyKey: string) =>
      api.call('post', `/users/${userId}/${path}`, key).set('Idempotency-Key', idempotencyKey).then(expectContract);
    expect((await post('suspend', 'too-early')).body).toMatchObject({
      status: 409,
      code: 'ILLEGAL_STATE',
      detail: expect.stringContaining('wait until its onboarding has completed'),
    });
    await api.database.models.users.updateOne({ _id: userId }, { $set: { state: 'active' } });
    const first = await post('suspend', 's1');
    expect(first.body).toMatchObject({ state: 'suspended', status: 'suspended' });
    expect((await post('suspend', 's1')).body).toEqual(first.body);
    expect((await get(`/users/${userId}`)).body).toEqual(first.body);
    expect((await post('reactivate', 'r1')).body.state).toBe('active');
    expect(
      await api.database.models.events.countDocuments({
        entityId: userId,
        type: { $in: ['user.suspended', 'user.reactivated'] },
      }),
    ).toBe(2);
  });

  it('that is cancelled cannot be changed', async () => {
    await api.database.models.users.updateOne({ _id: userId }, { $set: { state: 'cancelled' } });
    expect((await patch({ name: 'X' })).body).toMatchObject({ status: 409, code: 'ILLEGAL_STATE' });
  });
});
