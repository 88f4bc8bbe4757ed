import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { readContractText } from '../../assets';
import { newId } from '../../domain/ids';
import { scopes } from '../../domain/tenant';
import { expectContract } from '../../testing/expect-contract';
import { seedPayment } from '../../testing/worlds/seed-payment';
import { seedSubscription } from '../../testing/worlds/seed-subscription';
import { OPERATOR_KEY, PATIENT_MS, startTestApi, type TestApi, type TestMethod } from '../../testing/test-api';
import { loadContract, type JsonSchema, type Operation } from '../pipeline/contract';

const contract = loadContract(readContractText());
const resolve = (schema: JsonSchema): JsonSchema =>
  typeof schema.$ref === 'string'
    ? {
        ...resolve(
          (contract.definitions.$defs as Record<string, JsonSchema>)[schema.$ref.split('/').at(-1) ?? ''] as JsonSchema,
        ),
        ...schema,
        $ref: undefined,
      }
    : schema;

interface Field {
  path: string[];
  required: boolean;
  schema: JsonSchema;
}

/** Every field of a body, nested ones too. */
const fieldsOf = (schema: JsonSchema, path: string[] = []): Field[] => {
  const { properties = {}, required = [] } = resolve(schema) as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).flatMap(([name, property]) => [
    { path: [...path, name], required: required.includes(name), schema: resolve(property) },
    ...fieldsOf(property, [...path, name]),
  ]);
};

const dunning = { retryAfterDays: [1, 3], cancelAfterDays: 14 };
const examples: Partial<Record<Operation['id'], Record<string, unknown>>> = {
  createPartner: { name: 'Acme', dunning },
  updatePartner: { name: 'Acme', dunning },
  createApiKey: { mode: 'sandbox', scopes: ['read'] },
  updateUser: { name: 'Ada', profile: { company: 'A' } },
  createOnboarding: { email: 'ada@example.com', name: 'Ada' },
  verifyEmail: { token: 'x' },
  submitProfile: { displayName: 'Ada' },
  rejectOnboarding: { reason: 'No' },
  createPayment: { amount: { amountMinor: 500, currency: 'EUR' }, paymentMethod: 'pm_ok' },
  initializePayment: { amount: { amountMinor: 500, currency: 'EUR' }, paymentMethod: 'pm_ok' },
  reviewPayment: { decision: 'approve' },
  advanceSandboxClock: { by: 'P1D' },
  createPlan: { name: 'Pro', amount: { amountMinor: 2900, currency: 'EUR' }, interval: 'month' },
  createSubscription: { customerId: 'cust-1', planId: newId('plan'), paymentMethod: 'pm_ok' },
  changePlan: { planId: newId('plan'), when: 'now' },
  previewPlanChange: { planId: newId('plan'), when: 'now' },
  cancelSubscription: { when: 'now' },
  updatePaymentMethod: { paymentMethod: 'pm_ok' },
  capturePayment: { amount: { amountMinor: 100, currency: 'EUR' } },
  refundPayment: { amount: { amountMinor: 100, currency: 'EUR' } },
};

/** The body without one of its fields, however deep. */
const without = (base: Record<string, unknown>, [head = '', ...rest]: string[]): Record<string, unknown> => {
  const { [head]: member, ...others } = base;
  return rest.length === 0 ? others : { ...others, [head]: without(member as Record<string, unknown>, rest) };
};

const MARK = '"@@"';
const withField = (base: object, [head = '', ...rest]: string[], value: unknown): Record<string, unknown> => {
  const members = { ...base } as Record<string, unknown>;
  members[head] = rest.length === 0 ? value : withField((members[head] as object) ?? {}, rest, value);
  return members;
};

/** The bad values a field is given, as JSON text put in its place. */
const badValues: [string, string][] = [
  ['a number', '12345'],
  ['{"$ne":null}', '{"$ne":null}'],
  ['a list', '[[1]]'],
  ['__proto__', '{"__proto__":{"admin":true},"constructor":1}'],
  ['null', 'null'],
  ['a lone surrogate', String.raw`"\ud800@example.com"`],
  ['NUL', String.raw`"a\u0000b"`],
  ['depth 1000', `${'['.repeat(1000)}${']'.repeat(1000)}`],
  ['1 MB', `"${'x'.repeat(1_048_576)}"`],
];

describe('bad input', () => {
  let api: TestApi;
  let key: string;
  let ids: Record<string, string>;

  beforeAll(async () => {
    // A limit above 1 MB, so that validation itself meets the 1 MB string.
    api = await startTestApi({
      requestDeadlineMs: PATIENT_MS,
      limits: { requestsPerMinute: 600, maxBodyBytes: 2_000_000 },
    });
    const tenant = await api.newTenant({ scopes: [...scopes] });
    ({ key } = tenant);
    const { body } = await api.call('post', '/onboardings', key).send({ email: 'grace@example.com', name: 'Grace' });
    const stuckId = newId('stuckItem');
    const now = new Date();
    await api.database.models.stuckItems.insertMany([
      {
        _id: stuckId,
        tenantId: tenant.tenantId,
        kind: 'workflow_missing',
        entityType: 'onboarding',
        entityId: body.id,
        subject: 'x',
        detail: 'x',
        state: 'open',
        open: true,
        createdAt: now,
        updatedAt: now,
      },
    ]);
    ids = {
      ...(await seedPayment({ api, tenantId: tenant.tenantId })),
      ...(await seedSubscription({ api, tenantId: tenant.tenantId })),
      onboardingId: body.id,
      userId: body.userId,
      partnerId: tenant.partnerId,
      keyId: tenant.keyId,
      stuckId,
    };
  });
  afterAll(() => api.stop());

  const everything = async (): Promise<string> => {
    const all = await Promise.all(
      Object.values(api.database.models).map((model) =>
        model.collection.find({}, { sort: { _id: 1 } } as never).toArray(),
      ),
    );
    return JSON.stringify(all);
  };
  const sendRaw = (
    operation: Operation,
    body: string | Buffer,
    apiKey = operation.platformOnly ? OPERATOR_KEY : key,
  ) => {
    const path = operation.template.replaceAll(/\{(\w+)\}/g, (_all, name: string) => ids[name] ?? 'unset');
    return api
      .call(operation.method as TestMethod, path, apiKey)
      .set('Content-Type', 'application/json')
      .serialize((text: unknown) => text as string)
      .send(body)
      .then(expectContract);
  };

  const withBody = contract.operations.filter(({ body }) => body !== null);

  it.each(withBody)(
    'every field of $id refuses what it cannot be, with its pointer, and nothing is stored',
    async (operation) => {
      const base = examples[operation.id] ?? {};
      const before = await everything();
      for (const { path, required, schema } of fieldsOf(operation.body?.schema ?? {})) {
        const pointer = `/${path.join('/')}`;
        if (required) {
          const answer = await sendRaw(operation, JSON.stringify(without(base, path)));
          expect([pointer, answer.status, answer.body.code]).toEqual([pointer, 422, 'INVALID_REQUEST']);
          expect(answer.body.errors).toContainEqual(expect.objectContaining({ pointer, rule: 'required' }));
        }
        const marked = JSON.stringify(withField(base, path, '@@'));
        for (const [what, bad] of badValues) {
          const nullable = (schema.oneOf as JsonSchema[] | undefined)?.some(({ type }) => type === 'null') ?? false;
          const isBytes = what === 'a lone surrogate' && operation.id === 'verifyEmail';
          if (
            (what === 'a number' && schema.type === 'integer') ||
            (what === 'null' && nullable) ||
            ((isBytes || what === 'NUL') &&
              schema.pattern === undefined &&
              schema.format === undefined &&
              schema.type === 'string' &&
              !schema.enum)
          )
            continue;
          const answer = await sendRaw(
            operation,
            marked.replace(MARK, () => bad),
          );
          const told = [
            what,
            pointer,
            answer.status,
            answer.body.errors
              ?.map((error: { pointer: string }) => error.pointer)
              .find((each: string) => each.startsWith(pointer)) !== undefined,
          ];
          expect(told).toEqual([what, pointer, 422, true]);
        }
        const broken = Buffer.from(marked.replace('@@', '\u00ff\u00ff'), 'latin1');
        expect((await sendRaw(operation, broken)).body).toMatchObject({
          status: 400,
          code: 'INVALID_JSON',
          errors: [{ pointer: '' }],
        });
        const added = await sendRaw(
          operation,
          marked.replace(MARK, () => '"x"').replace(/^\{/, '{"__proto__":{"admin":true},'),
        );
        expect(added.body.errors).toContainEqual(
          expect.objectContaining({ pointer: '/__proto__', rule: 'additionalProperties' }),
        );
      }
      expect((await everything()) === before).toBe(true);
      expect(({} as { admin?: boolean }).admin).toBeUndefined();
    },
  );

  it.each(
    contract.operations.filter(
      ({ body, answersPages, takesRawBody }) => body === null && !answersPages && !takesRawBody,
    ),
  )('$id takes no body', async (operation) => {
    if (operation.method === 'get' || operation.method === 'delete') return;
    const before = await everything();
    expect((await sendRaw(operation, '{"a":1}')).body).toMatchObject({
      status: 422,
      code: 'INVALID_REQUEST',
      errors: [{ pointer: '' }],
    });
    expect(await everything()).toBe(before);
  });

  it.each(['createPayment', 'initializePayment', 'createSubscription', 'updatePaymentMethod'] as const)(
    'a card number for a payment method of %s is refused, and neither stored, shown nor logged',
    async (id) => {
      const operation = contract.operations.find((each) => each.id === id) as Operation;
      const before = await everything();
      for (const number of ['4242424242424242', '5555-5555-5555-4444', '3782 822463 10005']) {
        const answer = await sendRaw(operation, JSON.stringify({ ...examples[id], paymentMethod: number }));
        expect(answer.body).toMatchObject({
          status: 422,
          code: 'INVALID_REQUEST',
          errors: expect.arrayContaining([expect.objectContaining({ pointer: '/paymentMethod', rule: 'format' })]),
        });
        expect(answer.text + JSON.stringify([answer.headers, api.lines])).not.toContain(number);
      }
      expect((await everything()) === before).toBe(true);
    },
  );

  it('bounds the work a body can make: wide lists, doubled keys, endless names', async () => {
    const create = contract.operations.find(({ id }) => id === 'createPartner') as Operation;
    const wide = await sendRaw(
      create,
      JSON.stringify({ name: 'x', reviewers: Array.from({ length: 20_000 }, (_one, index) => `a${index}`) }),
    );
    expect(wide.body).toMatchObject({ status: 422, errors: [{ pointer: '/reviewers', rule: 'maxItems' }] });
    expect((await sendRaw(create, '{"name":"a","name":"b"}')).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '/name', rule: 'uniqueKeys' }],
    });
    expect(
      (await sendRaw(create, JSON.stringify({ name: 'x', metadata: { 'a/b~c': 'x' } }))).body.errors,
    ).toContainEqual(expect.objectContaining({ pointer: '/metadata/a~1b~0c' }));
    expect((await sendRaw(create, JSON.stringify({ name: 'x', ['y'.repeat(100_000)]: 1 }))).text.length).toBeLessThan(
      2000,
    );
  });
});

describe('the manners of HTTP', () => {
  let api: TestApi;
  let key: string;
  beforeAll(async () => {
    api = await startTestApi();
    ({ key } = await api.newTenant());
  });
  afterAll(() => api.stop());

  const person = { email: 'ada@example.com', name: 'Ada' };
  const post = () => api.call('post', '/onboardings', key);

  it('says where JSON breaks, without quoting it', async () => {
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
  ])('refuses a body of type %s', async (type) => {
    expect(expectContract(await post().set('Content-Type', type).send(JSON.stringify(person))).body).toMatchObject({
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
    });
  });

  it('refuses compressed bodies', async () => {
    const answer = await post()
      .set('Content-Type', 'application/json')
      .set('Content-Encoding', 'gzip')
      .serialize((body: unknown) => body as string)
      .send(gzipSync(JSON.stringify(person)));
    expect(expectContract(answer).body.code).toBe('UNSUPPORTED_MEDIA_TYPE');
  });

  it('refuses bodies over the limit, announced or streamed', async () => {
    expect(expectContract(await post().send({ ...person, name: 'x'.repeat(70_000) })).body).toMatchObject({
      status: 413,
      code: 'BODY_TOO_LARGE',
      errors: [{ pointer: '' }],
    });
    const { port } = api.server.address() as AddressInfo;
    const streamed = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(
          `POST /api/v1/onboardings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nIdempotency-Key: s\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
        );
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

  it('answers unknown paths, wrong methods, HEAD and OPTIONS', async () => {
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
  ])('refuses the query %s', async (query) => {
    const answer = expectContract(await api.call('get', `/onboardings?${query}`, key));
    expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_PARAMETER']);
    expect(answer.body.errors[0].parameter).toBe(query.split('=')[0]);
  });

  it('leaks nothing of an error nobody foresaw, but logs it', async () => {
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
