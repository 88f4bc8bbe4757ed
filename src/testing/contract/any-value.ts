import * as fc from 'fast-check';
import type { JsonSchema, Operation } from '../../http/pipeline/contract';
import { resolveSchema } from './domain-operations';

const wellFormed: Record<string, fc.Arbitrary<string>> = {
  email: fc.emailAddress(),
  uri: fc.webUrl(),
  'date-time': fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  'time-zone': fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu'),
  locale: fc.constantFrom('en', 'de-DE', 'pt-BR'),
  currency: fc.constantFrom('EUR', 'JPY', 'KWD', 'XXX'),
};
const anyText = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary', maxLength: 300 }));

/** Generates values that a schema may or may not accept: mostly well-formed, sometimes anything. */
export function valueOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  const anything = fc.jsonValue({ maxDepth: 3 });
  return fc.oneof({ arbitrary: formed(schema), weight: 8 }, { arbitrary: anything, weight: 1 });
}

function formed(given: JsonSchema): fc.Arbitrary<unknown> {
  const schema = resolveSchema(given);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  if (Array.isArray(schema.oneOf)) return fc.oneof(...(schema.oneOf as JsonSchema[]).map(formed));
  switch (schema.type) {
    case 'object':
      return objectOf(schema);
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
      return wellFormed[String(schema.format)] ?? anyText;
  }
}

function objectOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>).map(
    ([name, property]) => [name, valueOf(property)] as const,
  );
  const requiredKeys = ((schema.required ?? []) as string[]).filter((name) =>
    properties.some(([each]) => each === name),
  );
  const known = fc.record(Object.fromEntries(properties), { requiredKeys });
  if (schema.additionalProperties === false) return known;
  return fc.tuple(known, fc.dictionary(fc.string(), fc.string())).map(([a, b]) => ({ ...b, ...a }));
}

/** Header values are visible ASCII. */
const headerText = fc.string({
  minLength: 1,
  maxLength: 40,
  unit: fc.constantFrom(...Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index))),
});

export interface AnyRequest {
  body: unknown;
  /** True when the path names an existing entity. */
  known: boolean;
  /** The values of query and header parameters, by name. */
  given: Record<string, string>;
}

/** Generates requests that an operation may or may not accept. */
export function anyRequest({ parameters, body }: Operation): fc.Arbitrary<AnyRequest> {
  const given = parameters
    .filter(({ in: place }) => place !== 'path')
    .map(({ name, in: place, schema }) => {
      const text = valueOf(schema).map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
      return [name, place === 'header' ? headerText : text] as const;
    });
  return fc.record({
    body: body ? valueOf(body.schema) : fc.constant(undefined),
    known: fc.boolean(),
    given: fc.record(Object.fromEntries(given), { requiredKeys: [] }) as fc.Arbitrary<Record<string, string>>,
  });
}
