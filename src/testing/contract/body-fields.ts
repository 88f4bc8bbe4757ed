import type { JsonSchema, Operation } from '../../http/pipeline/contract';
import { resolveSchema } from './domain-operations';

/** A field of a body, with its path from the root of the body. */
export interface Field {
  path: string[];
  required: boolean;
  schema: JsonSchema;
}

/** Returns every field of a body, nested ones included. */
export function fieldsOf(schema: JsonSchema, path: string[] = []): Field[] {
  const { properties = {}, required = [] } = resolveSchema(schema) as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).flatMap(([name, property]) => [
    { path: [...path, name], required: required.includes(name), schema: resolveSchema(property) },
    ...fieldsOf(property, [...path, name]),
  ]);
}

/**
 * Returns for each operation the fields whose schema no earlier operation has. Descriptions, examples and defaults are
 * ignored: two fields with the same rules refuse the same values.
 */
export function distinctFields(operations: readonly Operation[]): Map<Operation['id'], Field[]> {
  const seen = new Set<string>();
  const isNew = ({ schema }: Field): boolean => {
    const rules = JSON.stringify(schema, (key, value: unknown) => (annotations.has(key) ? undefined : value));
    return seen.size < seen.add(rules).size;
  };
  return new Map(operations.map(({ id, body }) => [id, fieldsOf(body?.schema ?? {}).filter(isNew)]));
}

const annotations = new Set(['description', 'example', 'examples', 'default', 'title']);

/** Returns the body without one of its fields, however deep. */
export function without(base: Record<string, unknown>, [head = '', ...rest]: string[]): Record<string, unknown> {
  const { [head]: member, ...others } = base;
  return rest.length === 0 ? others : { ...others, [head]: without(member as Record<string, unknown>, rest) };
}

/** Returns the body with `value` in one of its fields, however deep. */
export function withField(base: object, [head = '', ...rest]: string[], value: unknown): Record<string, unknown> {
  const members = { ...base } as Record<string, unknown>;
  members[head] = rest.length === 0 ? value : withField((members[head] as object) ?? {}, rest, value);
  return members;
}
