import { readContractText } from '../../assets';
import { loadContract, type JsonSchema, type Operation } from '../../http/pipeline/contract';

export const contract = loadContract(readContractText());
const paths = contract.document.paths as Record<string, Record<string, { tags?: string[] }>>;

/** The domains that serve operations, each named like its tag. */
export const httpDomains = (contract.document.tags as { name: string }[]).map(({ name }) => name.toLowerCase());

/** Returns the operations of a domain, which its tag names, in the order of openapi.yaml. */
export function operationsOf(domain: string): Operation[] {
  const operations = contract.operations.filter(({ template, method }) =>
    paths[template]?.[method]?.tags?.some((tag) => tag.toLowerCase() === domain),
  );
  if (operations.length === 0) throw new Error(`No operation in openapi.yaml has the tag of ${domain}`);
  return operations;
}

/** Returns a schema with the reference at its root replaced by the schema that it names. */
export function resolveSchema(schema: JsonSchema): JsonSchema {
  if (typeof schema.$ref !== 'string') return schema;
  const definitions = contract.definitions.$defs as Record<string, JsonSchema>;
  const { $ref, ...own } = schema;
  return { ...resolveSchema(definitions[$ref.split('/').at(-1)!]!), ...own };
}
