import type { ErrorObject } from 'ajv';
import { pointerOf } from './json-structure';
import type { FieldError } from '../../problem';

/** Enough to correct a request; more would only be noise. */
const MAX_ERRORS = 50;

/**
 * Returns ajv's errors as field errors: a pointer to the field, the broken rule, and how to correct the value. The work
 * grows with the number of errors, not with its square.
 */
export function fieldErrorsOf(found: readonly ErrorObject[]): FieldError[] {
  const faulty = new Set(found.filter((error) => !isFrame(error)).flatMap(({ instancePath }) => pathsTo(instancePath)));
  const ofWrongFormat = new Set(
    found.filter(({ keyword }) => keyword === 'format').map(({ instancePath }) => instancePath),
  );
  const distinct = new Map<string, FieldError>();
  for (const error of found) {
    // A pattern beside a format is only its outline, and the format's message says more.
    if (error.keyword === 'pattern' && ofWrongFormat.has(error.instancePath)) continue;
    // The frame around a rejected property name only repeats it, and so does a frame with another error in its field.
    if (error.keyword === 'propertyNames' || (isFrame(error) && faulty.has(error.instancePath))) continue;
    const fieldError = fieldErrorOf(error);
    distinct.set(`${fieldError.pointer} ${fieldError.rule}`, fieldError);
    if (distinct.size === MAX_ERRORS) break;
  }
  return [...distinct.values()];
}

/** Returns a pointer and those of the fields around it. */
const pathsTo = (pointer: string): string[] =>
  [...pointer.matchAll(/(?<!^)\/|$/g)].map(({ index }) => pointer.slice(0, index));

/** Returns true for an error that stands for others: of the choice itself, or of the "or null" side of a field. */
const isFrame = (error: ErrorObject): boolean => error.keyword === 'oneOf' || isNullSide(error);

const isNullSide = ({ keyword, schemaPath, params }: Pick<ErrorObject, 'keyword' | 'schemaPath' | 'params'>): boolean =>
  keyword === 'type' && schemaPath.includes('/oneOf/') && (params as { type: string }).type === 'null';

function fieldErrorOf(error: ErrorObject): FieldError {
  const { instancePath, keyword, params, propertyName } = error;
  const { missingProperty, additionalProperty } = params as { missingProperty?: string; additionalProperty?: string };
  const name = missingProperty ?? additionalProperty ?? propertyName;
  return {
    pointer: name === undefined ? instancePath : instancePath + pointerOf([name]),
    rule: keyword,
    detail: detailOf(error),
  };
}

interface Params {
  limit?: number;
  type?: string | string[];
  format?: string;
  allowedValues?: unknown[];
  i?: number;
  j?: number;
}

interface ParentSchema {
  properties?: object;
  /** The contract's message for a value that breaks its pattern or format. */
  'x-rule'?: string;
}

const typeNames: Record<string, string> = {
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

const formatNames: Record<string, string> = {
  email: 'an e-mail address that mail servers accept (RFC 5321), such as ada@example.com',
  'time-zone': 'an IANA time zone such as Europe/Berlin',
  locale: 'a BCP 47 language tag such as de-DE',
  currency: 'an active ISO 4217 code in capitals, such as EUR, JPY or KWD',
  'payment-method':
    "the gateway's token, such as pm_ok; this looks like a card number, and those must never be sent here: " +
    'collect the card with the gateway',
  date: 'a date such as 2026-11-21',
  'date-time': 'an instant such as 2026-11-21T09:00:00Z',
};

function detailOf({ keyword, params, parentSchema, message }: ErrorObject): string {
  const { limit = 0, type = '', format = '', allowedValues = [], i, j } = params as Params;
  const schema = (parentSchema ?? {}) as ParentSchema;
  switch (keyword) {
    case 'required':
      return 'is missing; add it';
    case 'additionalProperties':
      return `is not a field here; remove it (known: ${Object.keys(schema.properties ?? {}).join(', ') || 'none'})`;
    case 'type':
      return `must be ${[type]
        .flat()
        .map((one) => typeNames[one] ?? one)
        .join(' or ')}`;
    case 'enum':
      return `must be one of ${allowedValues.join(', ')}`;
    case 'format':
      return formatNames[format] ? `must be ${formatNames[format]}` : (schema['x-rule'] ?? `must be ${format}`);
    case 'minLength':
      return limit === 1 ? 'must not be empty' : `must have at least ${limit} characters`;
    case 'maxLength':
      return `must have at most ${limit} characters`;
    case 'minimum':
      return `must be ${limit} or more`;
    case 'maximum':
      return `must be ${limit} or less`;
    case 'minItems':
      return `must have at least ${limit} item(s)`;
    case 'maxItems':
      return `must have at most ${limit} items`;
    case 'minProperties':
      return `must have at least ${limit} of its fields (known: ${Object.keys(schema.properties ?? {}).join(', ')})`;
    case 'maxProperties':
      return limit === 0 ? 'must be empty' : `must have at most ${limit} fields`;
    case 'uniqueItems':
      return `must not name the same twice (items ${j} and ${i})`;
    case 'pattern':
      return schema['x-rule'] ?? 'does not match the required format';
    default:
      return message ?? 'is not valid';
  }
}
