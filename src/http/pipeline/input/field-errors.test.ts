import type { ErrorObject } from 'ajv';
import type { Request } from 'express';
import { readContractText } from '../../../assets';
import { loadContract, type JsonSchema, type Operation } from '../contract';
import type { RequestProblem } from '../../problem';
import { fieldErrorsOf } from './field-errors';
import { createValidators } from './validate';

const contract = loadContract(readContractText());
const { validatorOf } = createValidators(contract);

/** Returns the field errors of a body under this schema; empty for a valid body. */
function errorsOf(schema: JsonSchema, json: unknown): { rule: string; detail: string; pointer?: string }[] {
  const operation = {
    id: 'createPayment',
    parameters: [],
    idempotency: null,
    body: { required: true, schema },
  } as unknown as Operation;
  try {
    validatorOf(operation)({ headers: {}, params: {}, originalUrl: '/', json } as unknown as Request);
    return [];
  } catch (problem) {
    return (problem as RequestProblem).errors;
  }
}

interface Patterned {
  where: string;
  pattern: string;
  schema: JsonSchema;
}

/** Returns every schema with a pattern inside a part of the contract. */
const patternsIn = (value: unknown, where: string): Patterned[] => {
  if (typeof value !== 'object' || value === null) return [];
  const { pattern } = value as { pattern?: unknown };
  const here = typeof pattern === 'string' ? [{ where, pattern, schema: value as JsonSchema }] : [];
  return [...here, ...Object.entries(value).flatMap(([name, member]) => patternsIn(member, `${where}/${name}`))];
};
const { paths, components } = contract.document as { paths: unknown; components: unknown };
const patterns = [...patternsIn(paths, 'paths'), ...patternsIn(components, 'components')];

const breakers = ['\u0000', 'a b', '__proto__', 'x', ''];

describe('the error of a value that breaks a pattern', () => {
  it.each(patterns)('$where states its own rule and a remedy', ({ pattern, schema, where }) => {
    const value = breakers.find((each) => !new RegExp(pattern, 'u').test(each)) as string;
    const found = where.endsWith('/propertyNames')
      ? errorsOf({ type: 'object', propertyNames: schema }, Object.fromEntries([[value, 'x']]))
      : errorsOf({ ...schema, type: 'string' }, value);
    const details = found.filter(({ rule }) => ['pattern', 'format'].includes(rule)).map(({ detail }) => detail);
    expect(details).toEqual([schema['x-rule']]);
    expect(details[0]).toMatch(/^(must|is not) .*(; |such as)/);
  });

  it('stands alone where the value breaks the format too', () => {
    const currency = { type: 'string', pattern: '^[A-Z]{3}$', format: 'currency', 'x-rule': 'must be such as EUR' };
    expect(errorsOf(currency, 'euro').map(({ rule }) => rule)).toEqual(['format']);
    expect(errorsOf(currency, 'EUX').map(({ rule }) => rule)).toEqual(['format']);
  });

  it('is checked for the whole contract', () => expect(patterns.length).toBeGreaterThan(5));

  it.each([
    [
      'Reference',
      '\u0007',
      'format',
      'must contain a visible character, and no line breaks, control characters, unpaired surrogates, ' +
        'direction controls or stray invisible characters; send your own reference, or leave it out',
    ],
    [
      'PlanId',
      'x',
      'pattern',
      'must be the id of a plan: pln_ and 26 lower-case letters or digits; find the id with `GET /plans`',
    ],
  ])('describes %s', (name, value, rule, detail) => {
    expect(errorsOf({ $ref: `contract#/$defs/${name}` }, value)).toEqual([{ pointer: '', rule, detail }]);
  });
});

it('the error of a value of another type names each type in words', () =>
  expect(errorsOf({ type: ['string', 'number', 'boolean'] }, null)).toMatchObject([
    { rule: 'type', detail: 'must be a string or a number or true or false' },
  ]));

it('the error within a field that may be null stands alone', () => {
  const price = { type: 'object', properties: { amountMinor: { type: 'integer', minimum: 0 } } };
  const schema = { type: 'object', properties: { price: { oneOf: [price, { type: 'null' }] } } };
  const detail = 'must be 0 or more';
  expect(errorsOf(schema, { price: { amountMinor: -1 } })).toEqual([
    { pointer: '/price/amountMinor', rule: 'minimum', detail },
  ]);
  expect(errorsOf(schema, { price: null })).toEqual([]);
});

describe('the texts of the contract', () => {
  it.each([
    ['Text120', 'A\u2028B'],
    ['Reference', 'A\u202eB'],
    ['FreeText', 'A\u200bB'],
    ['Website', 'https://ada:secret@example.com'],
    ['Email', 'ada@xn--0.example'],
  ])('%s is checked by the domain', (name, value) =>
    expect(errorsOf({ $ref: `contract#/$defs/${name}` }, value)).toMatchObject([{ rule: 'format' }]),
  );
  it('may contain joiners, line breaks and international domains', () => {
    expect(errorsOf({ $ref: 'contract#/$defs/Text120' }, 'علی\u200cرضا 👨\u200d👩\u200d👧')).toEqual([]);
    expect(errorsOf({ $ref: 'contract#/$defs/FreeText' }, 'One\nTwo')).toEqual([]);
    expect(errorsOf({ $ref: 'contract#/$defs/Email' }, 'x@bücher.example')).toEqual([]);
  });
});

describe('a card number where a payment method should be', () => {
  const errorsFor = (paymentMethod: string) =>
    errorsOf({ $ref: 'contract#/$defs/PaymentMethodUpdate' }, { paymentMethod });

  it.each([
    '4242424242424242',
    '4242-4242-4242-4242',
    '4242 4242 4242 4242',
    '378282246310005',
    '5555_5555_5555_4444',
    '6304000000000000000',
  ])('%s is rejected, and not repeated', (number) => {
    expect(errorsFor(number)).toContainEqual({
      pointer: '/paymentMethod',
      rule: 'format',
      detail: expect.stringContaining('looks like a card number'),
    });
    expect(JSON.stringify(errorsFor(number)).replaceAll(/\D/g, '')).not.toContain(number.replaceAll(/\D/g, ''));
  });

  it.each(['pm_ok', 'pm_4242', '4242424242424241', '79927398713', 'pm_1MqLiJLkdIwHu7ixUEgbFdYF'])(
    '%s is not one',
    (token) => expect(errorsFor(token)).toEqual([]),
  );
});

it('names at most 50 errors, and reads each of many a few times only', () => {
  let reads = 0;
  const errors = Array.from({ length: 5000 }, (_, index) => ({
    keyword: 'type',
    schemaPath: '#/type',
    params: { type: 'string' },
    get instancePath() {
      reads += 1;
      return `/items/${index}`;
    },
  })) as unknown as ErrorObject[];
  expect(fieldErrorsOf(errors)).toHaveLength(50);
  expect(reads).toBeLessThanOrEqual(5 * errors.length);
});
