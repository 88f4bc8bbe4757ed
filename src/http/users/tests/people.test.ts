import { expectContract } from '../../../testing/expect-contract';
import { OPERATOR_KEY, startTestApi, type TestApi } from '../../../testing/test-api';

describe('names and addresses in different spellings', () => {
  let api: TestApi;
  let key: string;
  beforeAll(async () => {
    api = await startTestApi();
    ({ key } = await api.newTenant());
  });
  afterAll(() => api.stop());

  const onboard = (email: string, name = 'Ada') =>
    api.call('post', '/onboardings', key).send({ email, name }).then(expectContract);
  const get = (path: string) => api.call('get', path, key).then(expectContract);

  it('an international domain and its ASCII form are the same address', async () => {
    const { body: first } = await onboard('x@bücher.example');
    expect(first.email).toBe('x@xn--bcher-kva.example');
    expect((await onboard('X@xn--BCHER-kva.example')).body).toMatchObject({
      code: 'ONBOARDING_OPEN',
      conflictsWith: first.id,
    });
    const found = await get(`/users?email=${encodeURIComponent('x@BÜCHER.example')}`);
    expect(found.body.items).toMatchObject([{ id: first.userId, email: first.email }]);
  });

  it('an address that no mail server accepts is rejected', async () => {
    expect((await onboard('ada@xn--0.example')).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '/email', rule: 'format' }],
    });
  });

  it('a name on two lines is rejected, whichever line break it has', async () => {
    expect((await onboard('lines@example.com', 'A\u2028B')).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '/name', rule: 'format', detail: expect.stringContaining('no line breaks') }],
    });
  });

  it('an onboarding shows the current name of its user, under a new tag', async () => {
    const { body, headers } = await onboard('grace@example.com', 'Grace');
    const path = `/onboardings/${body.id}`;
    await api.call('patch', `/users/${body.userId}`, key).send({ name: 'Rear Admiral Hopper', locale: 'en-US' });
    const shown = await get(path);
    expect(shown.body).toMatchObject({ name: 'Rear Admiral Hopper', locale: 'en-US' });
    expect(shown.headers.etag).not.toBe(headers.etag);
    expect((await api.call('get', path, key).set('If-None-Match', shown.headers.etag ?? '')).status).toBe(304);
    const { items } = (await get(`/onboardings?userId=${body.userId}`)).body;
    expect(items).toMatchObject([{ name: 'Rear Admiral Hopper' }]);
  });

  it('a reviewer may be listed only once', async () => {
    const create = (reviewers: string[]) =>
      api.call('post', '/partners', OPERATOR_KEY).send({ name: 'Acme', reviewers }).then(expectContract);
    expect((await create(['r@bücher.example'])).body.reviewers).toEqual(['r@xn--bcher-kva.example']);
    expect((await create(['r@bücher.example', 'R@xn--bcher-kva.example'])).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '/reviewers/1', rule: 'uniqueItems' }],
    });
  });
});
