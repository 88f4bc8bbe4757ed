import type { JsonSchema, Operation } from '../../http/pipeline/contract';
import { distinctFields, fieldsOf, withField, without, type Field } from './body-fields';
import type { ContractWorld } from './contract-world';
import type { CasesInput } from './contract-cases';

const MARK = '"@@"';
/** The bad values for a field: name and JSON text. */
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
const cardNumbers = ['4242424242424242', '5555-5555-5555-4444', '3782 822463 10005'];

/**
 * Registers tests that bad bodies are refused before anything is stored: without each required field, and with every
 * bad value in each distinct field schema.
 */
export function badInputCases({ operations, bodies, world }: CasesInput): void {
  const withBody = operations.filter(({ body }) => body !== null);
  const distinct = distinctFields(withBody);

  if (withBody.length > 0)
    it.each(withBody)('$id refuses bad fields with their pointers and stores nothing', async (operation) => {
      const base = (bodies[operation.id] ?? {}) as Record<string, unknown>;
      const before = await world().everything();
      for (const { path, required } of fieldsOf(operation.body?.schema ?? {})) {
        const pointer = `/${path.join('/')}`;
        if (!required) continue;
        const { status, body } = await world().sendRaw(operation, JSON.stringify(without(base, path)));
        expect([pointer, status, body.code]).toEqual([pointer, 422, 'INVALID_REQUEST']);
        expect(body.errors).toContainEqual(expect.objectContaining({ pointer, rule: 'required' }));
      }
      for (const field of distinct.get(operation.id) ?? [])
        await refusesBadValues({ world: world(), operation, base, field });
      expect((await world().everything()) === before).toBe(true);
      expect(({} as { admin?: boolean }).admin).toBeUndefined();
    });

  const withoutBody = operations.filter(
    ({ body, servesPages, takesRawBody, method }) =>
      body === null && !servesPages && !takesRawBody && method !== 'get' && method !== 'delete',
  );
  if (withoutBody.length > 0)
    it.each(withoutBody)('$id accepts no body', async (operation) => {
      const before = await world().everything();
      const { body } = await world().sendRaw(operation, '{"a":1}');
      expect(body).toMatchObject({ status: 422, code: 'INVALID_REQUEST', errors: [{ pointer: '' }] });
      expect(await world().everything()).toBe(before);
    });

  const withCard = withBody.filter(({ body }) => fieldsOf(body!.schema).some(({ schema }) => isPaymentMethod(schema)));
  if (withCard.length > 0)
    it.each(withCard)('$id refuses a card number and does not store, show or log it', async (operation) => {
      const before = await world().everything();
      for (const number of cardNumbers) {
        const text = JSON.stringify({ ...bodies[operation.id], paymentMethod: number });
        const answer = await world().sendRaw(operation, text);
        expect(answer.body).toMatchObject({ status: 422, code: 'INVALID_REQUEST' });
        expect(answer.body.errors).toContainEqual(
          expect.objectContaining({ pointer: '/paymentMethod', rule: 'format' }),
        );
        expect(answer.text + JSON.stringify([answer.headers, world().api.lines])).not.toContain(number);
      }
      expect((await world().everything()) === before).toBe(true);
    });
}

const isPaymentMethod = ({ format }: JsonSchema): boolean => format === 'payment-method';

async function refusesBadValues({
  world,
  operation,
  base,
  field,
}: {
  world: ContractWorld;
  operation: Operation;
  base: object;
  field: Field;
}): Promise<void> {
  const pointer = `/${field.path.join('/')}`;
  const marked = JSON.stringify(withField(base, field.path, '@@'));
  for (const [name, bad] of badValues.filter(([each]) => !mayAccept(each, field, operation))) {
    const { status, body } = await world.sendRaw(
      operation,
      marked.replace(MARK, () => bad),
    );
    const named = body.errors?.some((error: { pointer: string }) => error.pointer.startsWith(pointer));
    expect([name, pointer, status, named]).toEqual([name, pointer, 422, true]);
  }
  const notUtf8 = Buffer.from(marked.replace('@@', '\u00ff\u00ff'), 'latin1');
  expect((await world.sendRaw(operation, notUtf8)).body).toMatchObject({
    status: 400,
    code: 'INVALID_JSON',
    errors: [{ pointer: '' }],
  });
  const polluted = marked.replace(MARK, '"x"').replace(/^\{/, '{"__proto__":{"admin":true},');
  expect((await world.sendRaw(operation, polluted)).body.errors).toContainEqual(
    expect.objectContaining({ pointer: '/__proto__', rule: 'additionalProperties' }),
  );
}

/** Returns true when the field may accept the bad value. */
function mayAccept(name: string, { schema }: Field, operation: Operation): boolean {
  if (name === 'a number') return schema.type === 'integer';
  if (name === 'null') return (schema.oneOf as JsonSchema[] | undefined)?.some(({ type }) => type === 'null') ?? false;
  // The items of a batch are refused one by one.
  if (name === 'a list') return schema.type === 'array' && (schema.items as JsonSchema).anyOf !== undefined;
  const isFreeText = schema.type === 'string' && !schema.enum && !schema.pattern && !schema.format;
  // A token is compared as bytes and never stored.
  if (name === 'a lone surrogate') return isFreeText && operation.id === 'verifyEmail';
  return name === 'NUL' && isFreeText;
}
