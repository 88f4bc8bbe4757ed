import type { Operation, Parameter } from '../../http/pipeline/contract';
import { contract, resolveSchema } from './domain-operations';
import { samples } from './list-documents';

/** A list with some of its filters. */
export interface ListRequest {
  operation: Operation;
  filters: readonly string[];
}

/** The lists of openapi.yaml: what has a cursor. A search has one too, and an engine of its own. */
export const lists = contract.operations.filter(
  ({ id, parameters }) => id !== 'searchListings' && parameters.some(({ name }) => name === 'cursor'),
);

const filtersOf = ({ parameters }: Operation): Parameter[] =>
  parameters.filter((parameter) => parameter.in === 'query' && !['limit', 'cursor'].includes(parameter.name));

/** The pairs of filters that exclude each other, which a list refuses. */
const exclusive = ['listListings updatedAfter+expiresBefore'];

/** Returns the requests of a list: without a filter, with each filter, and with each pair that it accepts. */
export function requestsOf(operation: Operation): ListRequest[] {
  const names = filtersOf(operation).map(({ name }) => name);
  const pairs = names.flatMap((one, index) => names.slice(index + 1).map((other) => [one, other]));
  const accepted = pairs.filter((pair) => !exclusive.includes(`${operation.id} ${pair.join('+')}`));
  return [[], ...names.map((name) => [name]), ...accepted].map((filters) => ({ operation, filters }));
}

/** Returns the values of a filter, as openapi.yaml lists them; none for a filter of another kind. */
export function valuesOfFilter(operationId: string, name: string): string[] {
  const parameter = lists.find(({ id }) => id === operationId)?.parameters.find((one) => one.name === name);
  return (resolveSchema(parameter?.schema ?? {}).enum as string[] | undefined) ?? [];
}

/** Returns the path of a list with its filters, whose values follow from their schemas. */
export function pathOfList({ operation, filters }: ListRequest, ids: Record<string, string>): string {
  const path = operation.template.replaceAll(/\{(\w+)\}/g, (_all, name: string) => ids[name] ?? 'unset');
  const values = filters.map((name) => `${name}=${encodeURIComponent(valueOf(operation, name))}`);
  return `${path}?${values.join('&')}`;
}

function valueOf(operation: Operation, name: string): string {
  const schema = resolveSchema(operation.parameters.find((one) => one.name === name)?.schema ?? {});
  const [first] = (schema.enum as string[] | undefined) ?? [];
  if (first !== undefined) return first;
  const [example] = (schema.examples as string[] | undefined) ?? [];
  if (example !== undefined) return example;
  if (schema.format === 'date-time') return name === 'createdBefore' ? samples.createdBefore : samples.createdAfter;
  if (schema.format === 'email') return samples.email;
  const pattern = typeof schema.pattern === 'string' ? schema.pattern : '';
  if (pattern.startsWith('^')) return samples.user.replace('usr', pattern.slice(1, 4));
  return samples.text;
}
