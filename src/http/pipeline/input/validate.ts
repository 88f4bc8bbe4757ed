import type { ErrorObject, ValidateFunction } from 'ajv';
import Ajv from 'ajv/dist/2020';
import type { Request } from 'express';
import type { Contract, JsonSchema, Operation, Parameter } from '../contract';
import { fieldErrorsOf } from './field-errors';
import { addContractFormats } from './formats';
import { readQuery, type QueryPart } from './read-query';
import { RequestProblem, type FieldError } from '../../problem';

/** The parts of a valid request, with the contract's defaults filled in. */
export interface ValidInput {
  params: Record<string, string>;
  query: Record<string, unknown>;
  body: unknown;
}

/**
 * Checks a request against its operation and writes defaults into `request.json`.
 * @throws RequestProblem that lists every fault found
 */
export type Validate = (request: Request) => ValidInput;

/**
 * Returns a value that matches a schema of the contract, with the defaults filled in.
 * @throws RequestProblem that lists every fault found, each with its pointer into the value
 */
export type RequireSchema = (name: string, value: unknown) => unknown;

export interface Validators {
  /** Returns the check of an operation's requests. */
  validatorOf: (operation: Operation) => Validate;
  requireSchema: RequireSchema;
}

/** Compiles the schemas of an operation when the operation is first called, so that a process starts sooner. */
export function createValidators(contract: Contract): Validators {
  const ajv = new Ajv({
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allErrors: true,
    verbose: true,
    useDefaults: true,
  });
  addContractFormats(ajv);
  ajv.addVocabulary(['x-rule']);
  ajv.addSchema(contract.definitions);
  return {
    validatorOf(operation) {
      let checks: Checks | undefined;
      return (request) => {
        checks ??= compileChecks(ajv, operation);
        checkHeaders(request, operation, checks.headers);
        return {
          params: request.params as Record<string, string>,
          query: checkQuery(request, operation, checks.query),
          body: checkBody(request, operation, checks.body),
        };
      };
    },
    requireSchema(name, value) {
      const valid = ajv.getSchema(`${String(contract.definitions.$id)}#/$defs/${name}`) as ValidateFunction;
      if (!valid(value)) throw bodyProblem(fieldErrorsOf(valid.errors ?? []));
      return value;
    },
  };
}

interface Checks {
  query: ValidateFunction;
  headers: ValidateFunction;
  body: ValidateFunction | null;
}

const compileChecks = (ajv: Ajv, operation: Operation): Checks => ({
  query: compileParameters(ajv, operation, 'query'),
  headers: compileParameters(ajv, operation, 'header'),
  body: operation.body ? ajv.compile(operation.body.schema) : null,
});

function compileParameters(ajv: Ajv, { parameters }: Operation, place: Parameter['in']): ValidateFunction {
  const named = parameters.filter((parameter) => parameter.in === place);
  const schema: JsonSchema = {
    type: 'object',
    additionalProperties: place === 'header',
    required: named.filter(({ required }) => required).map(({ name }) => keyOf(place, name)),
    properties: Object.fromEntries(named.map(({ name, schema }) => [keyOf(place, name), schema])),
  };
  return ajv.compile(schema);
}

/** Node gives header names in lower case. */
const keyOf = (place: Parameter['in'], name: string): string => (place === 'header' ? name.toLowerCase() : name);

function checkHeaders(request: Request, operation: Operation, valid: ValidateFunction): void {
  if (operation.idempotency && request.headers['idempotency-key'] === undefined) {
    throw new RequestProblem(
      'IDEMPOTENCY_KEY_MISSING',
      'Send an Idempotency-Key header: any string of 1–255 visible characters, a new one for each new request.',
      {
        errors: [{ parameter: 'Idempotency-Key', rule: 'required', detail: 'is missing; add the header' }],
      },
    );
  }
  if (!valid(request.headers)) throw parameterProblem(valid.errors ?? [], operation);
}

function checkQuery(request: Request, operation: Operation, valid: ValidateFunction): Record<string, unknown> {
  // Trackers add parameters to the links that people follow, so a page ignores unknown ones; no page has any today.
  if (operation.servesPages) return {};
  const given = readQuery(request.originalUrl);
  const query = noEntries();
  for (const { name, text } of given) {
    if (text === null)
      throw parameterProblem([], operation, {
        parameter: name,
        rule: 'encoding',
        detail: 'is not percent-encoded UTF-8; encode the value again, and % itself as %25',
      });
    const { into, key } = placeOf(name, query, operation);
    if (key in into)
      throw parameterProblem([], operation, {
        parameter: name,
        rule: 'unique',
        detail: 'is given twice; give it once',
      });
    const { schema } =
      operation.parameters.find((parameter) => parameter.in === 'query' && parameter.name === name) ?? {};
    into[key] = schema?.type === 'integer' && /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  }
  if (!valid(query)) throw parameterProblem(valid.errors ?? [], operation, undefined, given);
  return query;
}

type Entries = Record<string, unknown>;

/** Returns an object in which a parameter may have any name. */
const noEntries = (): Entries => Object.create(null) as Entries;

/**
 * Returns where a parameter belongs: in the query, or in the object of those that begin with its prefix. The object's
 * own name is no parameter.
 */
function placeOf(name: string, query: Entries, operation: Operation): { into: Entries; key: string } {
  const prefixed = operation.parameters.filter((parameter) => parameter['x-prefix'] !== undefined);
  if (prefixed.some((parameter) => parameter.name === name)) {
    const [{ 'x-prefix': prefix } = {}] = prefixed;
    throw parameterProblem([], operation, {
      parameter: name,
      rule: 'additionalProperties',
      detail: `is no parameter by itself; send ${prefix}<key>`,
    });
  }
  const object = prefixed.find((parameter) => name.startsWith(parameter['x-prefix'] ?? name));
  if (!object) return { into: query, key: name };
  const into = (query[object.name] as Entries | undefined) ?? noEntries();
  query[object.name] = into;
  return { into, key: name.slice(object['x-prefix']?.length) };
}

function parameterProblem(
  found: readonly ErrorObject[],
  { parameters }: Operation,
  more?: FieldError,
  given: readonly QueryPart[] = [],
): RequestProblem {
  const errors = fieldErrorsOf(found).map(({ pointer = '', rule, detail }) => {
    const key = nameAt(pointer, parameters);
    const hint = given.some(({ name, hasPlus }) => name === key && hasPlus)
      ? ' (a + in a query is a space; write it as %2B)'
      : '';
    return {
      parameter: parameters.find(({ name }) => name.toLowerCase() === key.toLowerCase())?.name ?? key,
      rule,
      detail: detail + hint,
    };
  });
  const all = more ? [more, ...errors] : errors;
  return new RequestProblem(
    'INVALID_PARAMETER',
    sentenceOf(all.map(({ parameter = '', detail }) => `${parameter} ${detail}`)),
    { errors: all },
  );
}

/** Returns the name of the parameter at a pointer into the query. */
function nameAt(pointer: string, parameters: readonly Parameter[]): string {
  const name = pointer.slice(1).replaceAll('~1', '/').replaceAll('~0', '~');
  const object = parameters.find((one) => one['x-prefix'] !== undefined && name.startsWith(`${one.name}/`));
  return object ? object['x-prefix'] + name.slice(object.name.length + 1) : name;
}

function checkBody({ json }: Request, { id, body }: Operation, valid: ValidateFunction | null): unknown {
  if (!valid || !body) {
    const isEmpty =
      json === undefined ||
      (typeof json === 'object' && json !== null && !Array.isArray(json) && Object.keys(json).length === 0);
    if (!isEmpty)
      throw bodyProblem([{ pointer: '', rule: 'maxProperties', detail: `must be empty: ${id} takes no body` }]);
    return undefined;
  }
  if (json === undefined && body.required)
    throw bodyProblem([{ pointer: '', rule: 'required', detail: 'is missing; send a JSON object as the body' }]);
  const filled = json ?? {};
  if (!valid(filled)) throw bodyProblem(fieldErrorsOf(valid.errors ?? []));
  return filled;
}

const bodyProblem = (errors: FieldError[]): RequestProblem =>
  new RequestProblem(
    'INVALID_REQUEST',
    sentenceOf(errors.map(({ pointer = '', detail }) => `${pointer.slice(1) || 'the body'} ${detail}`)),
    { errors },
  );

function sentenceOf(faults: readonly string[]): string {
  const [first = 'The request is not valid', ...others] = faults;
  return others.length === 0 ? first : `${first} (and ${others.length} more)`;
}
