import * as fc from 'fast-check';
import { readContractText } from '../../assets';
import { newId } from '../../domain/ids';
import { scopes } from '../../domain/tenant';
import { expectContract } from '../../testing/expect-contract';
import { seedPayment } from '../../testing/worlds/seed-payment';
import { seedSubscription } from '../../testing/worlds/seed-subscription';
import { OPERATOR_KEY, PATIENT_MS, startTestApi, type TestApi } from '../../testing/test-api';
import { loadContract, type JsonSchema, type Operation } from '../pipeline/contract';

const contract = loadContract(readContractText());
const definitions = contract.definitions.$defs as Record<string, JsonSchema>;
const RUNS = 40;

const wellFormed: Record<string, fc.Arbitrary<string>> = {
  email: fc.emailAddress(),
  uri: fc.webUrl(),
  'date-time': fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  'time-zone': fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu'),
  locale: fc.constantFrom('en', 'de-DE', 'pt-BR'),
  currency: fc.constantFrom('EUR', 'JPY', 'KWD', 'XXX'),
};

/** Values that a schema may or may not take: mostly of the right form, now and then anything at all. */
function valueOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  const anything = fc.jsonValue({ maxDepth: 3 });
  return fc.oneof({ arbitrary: formed(schema), weight: 8 }, { arbitrary: anything, weight: 1 });
}

function formed(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (typeof schema.$ref === 'string') return formed(definitions[schema.$ref.split('/').at(-1)!]!);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  if (Array.isArray(schema.oneOf)) return fc.oneof(...(schema.oneOf as JsonSchema[]).map(formed));
  switch (schema.type) {
    case 'object': {
      const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>).map(
        ([name, property]) => [name, valueOf(property)] as const,
      );
      const required = (schema.required ?? []) as string[];
      const known = fc.record(Object.fromEntries(properties), {
        requiredKeys: required.filter((name) => properties.some(([each]) => each === name)),
      });
      return schema.additionalProperties === false
        ? known
        : fc.tuple(known, fc.dictionary(fc.string(), fc.string())).map(([a, b]) => ({ ...b, ...a }));
    }
    case 'array':
      return fc.array(valueOf((schema.items ?? {}) as JsonSchema), { maxLength: 25 });
    case 'integer':
    case 'number':
      return fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double());
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return (
        wellFormed[String(schema.format)] ??
        fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary', maxLength: 300 }))
      );
  }
}

/** Headers travel as visible ASCII. */
const headerText = fc.string({
  minLength: 1,
  maxLength: 40,
  unit: fc.constantFrom(...Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index))),
});

function requestFor(operation: Operation) {
  const texts = operation.parameters
    .filter(({ in: where }) => where !== 'path')
    .map(({ name, in: where, schema }) => ({
      name,
      where,
      value:
        where === 'header'
          ? headerText
          : valueOf(schema).map((value) => (typeof value === 'string' ? value : JSON.stringify(value))),
    }));
  return fc.record({
    body: operation.body ? valueOf(operation.body.schema) : fc.constant(undefined),
    known: fc.boolean(),
    given: fc.record(Object.fromEntries(texts.map(({ name, value }) => [name, value])), { requiredKeys: [] }),
  });
}

describe('any request at all', () => {
  let api: TestApi;
  let key: string;
  let ids: Record<string, string>;

  beforeAll(async () => {
    api = await startTestApi({
      requestDeadlineMs: PATIENT_MS,
      limits: { requestsPerMinute: 1_000_000, maxBodyBytes: 65_536 },
    });
    const tenant = await api.newTenant({ scopes: [...scopes] });
    ({ key } = tenant);
    const { body } = await api.call('post', '/onboardings', key).send({ email: 'grace@example.com', name: 'Grace' });
    ids = {
      ...(await seedPayment({ api, tenantId: tenant.tenantId })),
      ...(await seedSubscription({ api, tenantId: tenant.tenantId })),
      onboardingId: body.id,
      userId: body.userId,
      partnerId: tenant.partnerId,
      keyId: tenant.keyId,
    };
  });
  afterAll(() => api.stop());

  it.each(contract.operations)(
    '$id answers as the contract says, and never with a fault of ours',
    async (operation) => {
      await fc.assert(
        fc.asyncProperty(requestFor(operation), async ({ body, known, given }) => {
          const path = operation.template.replaceAll(
            /\{(\w+)\}/g,
            (_all, name: string) => (known && ids[name]) || newId('event'),
          );
          const query = new URLSearchParams();
          const call = api.call(operation.method, path, operation.platformOnly ? OPERATOR_KEY : key);
          for (const { name, in: where } of operation.parameters) {
            const value = given[name];
            if (value === undefined) continue;
            if (where === 'query') query.set(name, value);
            else if (where === 'header') call.set(name, name === 'Prefer' ? 'wait=0' : value);
          }
          call.query(query.toString());
          const response = expectContract(
            await (body === undefined ? call : call.send(JSON.stringify(body)).type('json')),
          );
          expect(response.status).toBeLessThan(500);
        }),
        { numRuns: RUNS },
      );
    },
  );
});
