import Ajv, { type ValidateFunction } from 'ajv/dist/2020';
import type { Response } from 'supertest';
import { readContractText } from '../assets';
import { loadContract, type JsonSchema } from '../http/pipeline/contract';
import { addContractFormats } from '../http/pipeline/input/formats';

interface RawResponse {
  $ref?: string;
  content?: Record<string, { schema: JsonSchema }>;
}
type RawPaths = Record<string, Record<string, { responses: Record<string, RawResponse> }>>;

const contract = loadContract(readContractText());
const raw = JSON.parse(JSON.stringify(contract.document).replaceAll('#/components/schemas/', 'contract#/$defs/')) as {
  paths: RawPaths;
  components: { responses: Record<string, RawResponse> };
};
const ajv = new Ajv({ strict: false, allErrors: true });
addContractFormats(ajv);
ajv.addSchema(contract.definitions);
const validators = new Map<string, ValidateFunction | null>();

/**
 * Compares a response with openapi.yaml and returns it. Throws when the operation does not allow the status, the media
 * type or the body. Outside the contract's base path (docs, unknown paths) only errors are checked: they must be
 * problems.
 */
export function expectContract(response: Response): Response {
  const { method, path } = response.request as unknown as { method: string; path?: string; url: string };
  const pathname = path?.split('?')[0] ?? new URL((response.request as unknown as { url: string }).url).pathname;
  const operation = contract.operations.find(
    ({ method: each, route }) =>
      each === (method === 'HEAD' ? 'get' : method.toLowerCase()) &&
      new RegExp(`^${route.replaceAll(/:\w+/g, '[^/]+')}$`).test(pathname),
  );
  const type = (response.headers['content-type'] ?? '').split(';')[0] ?? '';
  const fault =
    operation && method !== 'HEAD'
      ? faultIn({
          template: operation.template,
          method: operation.method,
          status: response.status,
          type,
          body: type.startsWith('text/') ? response.text : (response.body as unknown),
        })
      : faultInOther(response, type);
  if (fault) throw new Error(`${method} ${pathname} → ${response.status} ${type}: ${fault}\n${response.text ?? ''}`);
  return response;
}

/** Compares a value with a schema of openapi.yaml. Throws where the schema does not allow it. */
export function expectSchema(name: string, value: unknown): void {
  const validate = ajv.compile({ $ref: `contract#/$defs/${name}` });
  if (!validate(value)) throw new Error(`${name}: ${ajv.errorsText(validate.errors)}`);
}

function faultIn({
  template,
  method,
  status,
  type,
  body,
}: {
  template: string;
  method: string;
  status: number;
  type: string;
  body: unknown;
}): string | null {
  const responses = raw.paths[template]?.[method]?.responses ?? {};
  const declared = responses[String(status)] ?? (status >= 400 ? responses.default : undefined);
  if (!declared) return 'the contract does not have this status';
  const { content } = declared.$ref
    ? (raw.components.responses[declared.$ref.split('/').at(-1) ?? ''] ?? {})
    : declared;
  if (!content) return type === '' ? null : 'the contract has no body here';
  const media = content[type];
  if (!media) return `the contract has ${Object.keys(content).join(', ')}`;
  const key = `${method} ${template} ${String(status)} ${type}`;
  if (!validators.has(key)) validators.set(key, ajv.compile(media.schema));
  const validate = validators.get(key);
  return !validate || validate(body) ? null : ajv.errorsText(validate.errors);
}

function faultInOther(response: Response, type: string): string | null {
  if (response.status < 400 || (response.request as unknown as { method: string }).method === 'HEAD') return null;
  if (type !== 'application/problem+json') return 'an error must be a problem document';
  const validate = ajv.compile({ $ref: 'contract#/$defs/Problem' });
  return validate(response.body) ? null : ajv.errorsText(validate.errors);
}
