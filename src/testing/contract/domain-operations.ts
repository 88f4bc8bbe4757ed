import { readContractText } from '../../assets';
import { loadContract, type JsonSchema, type Operation } from '../../http/pipeline/contract';

/** The domains that serve operations. The tag of their operations has the same name. */
export const httpDomains = ['partners', 'users', 'payments', 'subscriptions', 'sandbox', 'operator'] as const;
export type HttpDomain = (typeof httpDomains)[number];

export const contract = loadContract(readContractText());
const paths = contract.document.paths as Record<string, Record<string, { tags?: string[] }>>;

/** Returns the operations of a domain in the order of openapi.yaml. */
export const operationsOf = (domain: HttpDomain): Operation[] =>
  contract.operations.filter(({ template, method }) =>
    paths[template]?.[method]?.tags?.some((tag) => tag.toLowerCase() === domain),
  );

/** Returns a schema with the reference at its root replaced by the schema that it names. */
export function resolveSchema(schema: JsonSchema): JsonSchema {
  if (typeof schema.$ref !== 'string') return schema;
  const definitions = contract.definitions.$defs as Record<string, JsonSchema>;
  const { $ref, ...own } = schema;
  return { ...resolveSchema(definitions[$ref.split('/').at(-1)!]!), ...own };
}
