import { load } from 'js-yaml';
import type { Scope } from '../../domain/tenant';
import type { operations } from '../generated/openapi-types';

export type OperationId = keyof operations;
export type JsonSchema = Record<string, unknown>;
export type HttpMethod = 'get' | 'post' | 'patch' | 'put' | 'delete';

export interface Parameter {
  name: string;
  in: 'query' | 'path' | 'header';
  required?: boolean;
  schema: JsonSchema;
  /** Set for an object whose entries are parameters of their own, each with this before its name (`attributes.`). */
  'x-prefix'?: string;
}

/** One operation of openapi.yaml, with all references resolved that serving the operation needs. */
export interface Operation {
  id: OperationId;
  method: HttpMethod;
  /** The path in the contract's notation, without the base: `/users/{userId}`. */
  template: string;
  /** The path in Express's notation: `/api/v1/users/:userId`. */
  route: string;
  /** Scopes of which a key needs one; null for a public operation. */
  scopes: Scope[] | null;
  /** True when only the platform operator's key may call, whatever scopes a partner's key has (`x-platform-only`). */
  platformOnly: boolean;
  idempotency: 'create' | 'command' | null;
  parameters: Parameter[];
  /** The JSON request body; null for an operation without one. */
  body: { required: boolean; schema: JsonSchema } | null;
  /** The largest body in bytes, where it is not that of all operations (`x-max-body-bytes`). */
  maxBodyBytes: number | null;
  /**
   * True when the body may be NDJSON too: each line is a member of `items`, and the query parameters are the other
   * members.
   */
  takesLines: boolean;
  /** True when the handler gets the body's bytes as received, to check a signature over them (`x-raw-body`). */
  takesRawBody: boolean;
  /** True when the operation serves HTML pages to people instead of JSON to programs. */
  servesPages: boolean;
  /** True when the operation serves files, each in the media type of its format. */
  servesFiles: boolean;
}

export interface Contract {
  /** The text of openapi.yaml; `document` is its parsed form. */
  text: string;
  document: Record<string, unknown>;
  basePath: string;
  /** In the order in which routes are matched. */
  operations: Operation[];
  /** The named schemas, as one schema; references inside operations point into it. */
  definitions: JsonSchema;
}

interface RawOperation {
  operationId?: string;
  security?: Record<string, Scope[]>[];
  'x-platform-only'?: boolean;
  'x-idempotency'?: 'create' | 'command';
  'x-raw-body'?: boolean;
  'x-max-body-bytes'?: number;
  parameters?: (Parameter | { $ref: string })[];
  requestBody?: { required?: boolean; content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, { $ref?: string; content?: Record<string, unknown> }>;
}

interface RawContract {
  servers: { url: string }[];
  paths: Record<string, Partial<Record<HttpMethod, RawOperation>> & Pick<RawOperation, 'parameters'>>;
  components: {
    schemas: JsonSchema;
    parameters: Record<string, Parameter>;
    responses: Record<string, { content?: Record<string, unknown> }>;
  };
}

const methods: readonly HttpMethod[] = ['get', 'post', 'patch', 'put', 'delete'];
const DEFINITIONS_ID = 'contract';
/** One JSON text a line (https://github.com/ndjson/ndjson-spec). */
export const NDJSON = 'application/x-ndjson';

/** Reads openapi.yaml. @throws Error when an operation has no id, or two operations share an id. */
export function loadContract(text: string): Contract {
  const document = load(text) as Record<string, unknown>;
  // Schemas refer to each other inside a schema of their own, so that ajv needs to know nothing of OpenAPI.
  const raw = JSON.parse(
    JSON.stringify(document).replaceAll('#/components/schemas/', `${DEFINITIONS_ID}#/$defs/`),
  ) as RawContract;
  const basePath = raw.servers[0]?.url ?? '';
  // A literal segment comes before a parameter in its place, because `{` sorts after every letter.
  const templates = Object.keys(raw.paths).toSorted((one, other) => (one < other ? -1 : 1));
  const found = templates.flatMap((template) =>
    methods
      .filter((method) => raw.paths[template]?.[method])
      .map((method) => readOperation({ raw, basePath, template, method })),
  );
  const ids = found.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice) throw new Error(`openapi.yaml: two operations are called ${twice}`);
  return {
    text,
    document,
    basePath,
    operations: found,
    definitions: { $id: DEFINITIONS_ID, $defs: raw.components.schemas },
  };
}

function readOperation({
  raw,
  basePath,
  template,
  method,
}: {
  raw: RawContract;
  basePath: string;
  template: string;
  method: HttpMethod;
}): Operation {
  const item = raw.paths[template] ?? {};
  const operation = item[method] as RawOperation;
  if (!operation.operationId) throw new Error(`openapi.yaml: ${method} ${template} has no operationId`);
  const takesRawBody = operation['x-raw-body'] ?? false;
  const offers = (type: string): boolean =>
    Object.values(operation.responses).some((response) => {
      const { content = {} } = response.$ref ? (raw.components.responses[lastSegment(response.$ref)] ?? {}) : response;
      return type in content;
    });
  const servesFiles = offers('text/csv');
  const json = takesRawBody ? undefined : operation.requestBody?.content['application/json'];
  return {
    id: operation.operationId as OperationId,
    method,
    template,
    route: basePath + template.replaceAll(/\{(\w+)\}/g, ':$1'),
    scopes: operation.security?.length === 0 ? null : (operation.security ?? []).flatMap(({ apiKey }) => apiKey ?? []),
    platformOnly: operation['x-platform-only'] ?? false,
    idempotency: operation['x-idempotency'] ?? null,
    parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((parameter) =>
      '$ref' in parameter ? (raw.components.parameters[lastSegment(parameter.$ref)] as Parameter) : parameter,
    ),
    body: json ? { required: operation.requestBody?.required ?? false, schema: json.schema } : null,
    maxBodyBytes: operation['x-max-body-bytes'] ?? null,
    takesLines: NDJSON in (operation.requestBody?.content ?? {}),
    takesRawBody,
    servesPages: offers('text/html') && !servesFiles,
    servesFiles,
  };
}

const lastSegment = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1);
