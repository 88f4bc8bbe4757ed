import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expectContract } from '../../testing/expect-contract';
import { OPERATOR_KEY, startTestApi, type TestApi } from '../../testing/test-api';

describe('an HTTP request', () => {
  let api: TestApi;
  let key: string;
  beforeAll(async () => {
    api = await startTestApi();
    ({ key } = await api.newTenant());
  });
  afterAll(() => api.stop());

  const person = { email: 'ada@example.com', name: 'Ada' };
  const post = () => api.call('post', '/onboardings', key);

  it('gets the position of invalid JSON, without a quote of it', async () => {
    const answer = expectContract(
      await post().set('Content-Type', 'application/json').send('{"email": "secret@example.com",\n "name" }'),
    );
    expect(answer.body).toMatchObject({ status: 400, code: 'INVALID_JSON', detail: expect.stringContaining('line 2') });
    expect(answer.text).not.toContain('secret');
    expect(expectContract(await post().set('Content-Type', 'application/json').send('{"a":')).body.code).toBe(
      'INVALID_JSON',
    );
    expect(expectContract(await post()).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '', rule: 'required' }],
    });
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=iso-8859-1',
    'application/jsonp',
  ])('is rejected with a body of type %s', async (type) => {
    expect(expectContract(await post().set('Content-Type', type).send(JSON.stringify(person))).body).toMatchObject({
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
    });
  });

  it('is rejected with a compressed body', async () => {
    const answer = await post()
      .set('Content-Type', 'application/json')
      .set('Content-Encoding', 'gzip')
      .serialize((body: unknown) => body as string)
      .send(gzipSync(JSON.stringify(person)));
    expect(expectContract(answer).body.code).toBe('UNSUPPORTED_MEDIA_TYPE');
  });

  it('is rejected with a body over the limit, announced or streamed', async () => {
    expect(expectContract(await post().send({ ...person, name: 'x'.repeat(70_000) })).body).toMatchObject({
      status: 413,
      code: 'BODY_TOO_LARGE',
      errors: [{ pointer: '' }],
    });
    const { port } = api.server.address() as AddressInfo;
    const head = [
      'POST /api/v1/onboardings HTTP/1.1',
      'Host: x',
      `Authorization: Bearer ${key}`,
      'Idempotency-Key: s',
      'Content-Type: application/json',
      'Transfer-Encoding: chunked',
    ];
    const streamed = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`${head.join('\r\n')}\r\n\r\n`);
        for (let sent = 0; sent < 80; sent += 1) socket.write(`400\r\n${'x'.repeat(1024)}\r\n`);
      });
      socket
        .on('data', (data) => {
          text += data.toString();
          socket.end();
        })
        .on('close', () => resolve(text))
        .on('error', () => resolve(text));
    });
    expect(streamed).toMatch(/^HTTP\/1.1 413 /);
  });

  it('gets a proper response for unknown paths, wrong methods, HEAD and OPTIONS', async () => {
    expect(expectContract(await api.call('get', '/nothing', key)).body).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
    });
    expect((await api.call('get', '/users/%ff', key)).body).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    const wrong = await api.call('delete', '/onboardings', key);
    expect([wrong.status, wrong.body.code, wrong.headers.allow]).toEqual([
      405,
      'METHOD_NOT_ALLOWED',
      'GET, POST, HEAD, OPTIONS',
    ]);
    const head = await api.call('head', '/me', key);
    expect([head.status, head.text]).toEqual([200, undefined]);
    const options = await api.call('options', '/onboardings');
    expect([options.status, options.headers.allow, options.headers['access-control-allow-origin']]).toEqual([
      204,
      'GET, POST, HEAD, OPTIONS',
      undefined,
    ]);
    expect((await api.call('get', '/me', key).set('Accept', 'text/html')).body.code).toBe('NOT_ACCEPTABLE');
  });

  it.each([
    'limit=0',
    'limit=101',
    'limit=x',
    'limit=1e1',
    'limit=',
    'state=nope',
    'unknown=1',
    'limit=1&limit=2',
    'email[$ne]=x',
    'email=a',
    'createdAfter=yesterday',
    '__proto__=1',
    'userId=usr_x',
    'cursor=forged',
  ])('is rejected with the query %s', async (query) => {
    const answer = expectContract(await api.call('get', `/onboardings?${query}`, key));
    expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_PARAMETER']);
    expect(answer.body.errors[0].parameter).toBe(query.split('=')[0]);
  });

  it('gets a short response to wide lists, duplicate keys and long names', async () => {
    const create = (text: string) =>
      api
        .call('post', '/partners', OPERATOR_KEY)
        .set('Content-Type', 'application/json')
        .send(text)
        .then(expectContract);
    const reviewers = Array.from({ length: 5_000 }, (_one, index) => `a${index}`);
    const wide = await create(JSON.stringify({ name: 'x', reviewers }));
    expect(wide.body).toMatchObject({ status: 422, errors: [{ pointer: '/reviewers', rule: 'maxItems' }] });
    expect((await create('{"name":"a","name":"b"}')).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '/name', rule: 'uniqueKeys' }],
    });
    const odd = await create(JSON.stringify({ name: 'x', metadata: { 'a/b~c': 'x' } }));
    expect(odd.body.errors).toContainEqual(expect.objectContaining({ pointer: '/metadata/a~1b~0c' }));
    const long = await create(JSON.stringify({ name: 'x', ['y'.repeat(50_000)]: 1 }));
    expect(long.text.length).toBeLessThan(2000);
  });

  it('learns nothing of an unexpected error, which is logged', async () => {
    const broken = await startTestApi({
      sendOnboardingCommand: () => Promise.reject(new Error('mongodb://user:password@host')),
    });
    const tenant = await broken.newTenant();
    const { body } = await broken.call('post', '/onboardings', tenant.key).send(person);
    const answer = expectContract(await broken.call('post', `/onboardings/${body.id}/cancel`, tenant.key));
    await broken.stop();
    expect(answer.body).toMatchObject({
      status: 500,
      code: 'INTERNAL',
      correlationId: answer.headers['x-correlation-id'],
    });
    expect(answer.text).not.toContain('password');
    expect(broken.lines).toContainEqual(
      expect.objectContaining({ correlationId: answer.headers['x-correlation-id'], err: expect.any(Error) }),
    );
  });
});
