/** A document as the driver sends it. */
export type Document = Record<string, unknown>;

/** A command of the code, as it went to MongoDB. */
export interface SentCommand {
  /** The file that sent the command, from the root of the checkout. */
  place: string;
  command: Document;
}

/** The selection of documents by one statement of a command. */
export interface SentQuery {
  place: string;
  collection: string;
  filter: Document;
  sort: Record<string, 1 | -1> | null;
  /** True when the statement stops after a fixed number of documents. */
  isLimited: boolean;
  /** The name of the index that the code chose; null where the server chooses. */
  hint: string | null;
}

interface Statement {
  filter: unknown;
  sort?: unknown;
  isLimited?: boolean;
  hint?: unknown;
}

/** Commands that select documents, by name, and the fields that do it. */
const statementsOf: Record<string, (command: Document) => Statement[]> = {
  find: ({ filter, sort, limit, hint }) => [{ filter, sort, isLimited: Number(limit ?? 0) > 0, hint }],
  count: ({ query, hint }) => [{ filter: query, hint }],
  distinct: ({ query, hint }) => [{ filter: query, hint }],
  findAndModify: ({ query, sort, hint }) => [{ filter: query, sort, isLimited: true, hint }],
  update: ({ updates }) =>
    (updates as Document[]).map(({ q, multi, hint }) => ({ filter: q, isLimited: multi !== true, hint })),
  delete: ({ deletes }) =>
    (deletes as Document[]).map(({ q, limit, hint }) => ({ filter: q, isLimited: limit === 1, hint })),
  aggregate: ({ pipeline, hint }) => {
    const [match, sort, limit] = pipeline as Document[];
    const isSorted = match?.$match !== undefined && sort?.$sort !== undefined;
    return [
      {
        filter: match?.$match,
        sort: isSorted ? sort.$sort : undefined,
        isLimited: isSorted && limit?.$limit !== undefined,
        hint,
      },
    ];
  },
};

/** Names of the commands that select documents. */
export const queryCommands: ReadonlySet<string> = new Set(Object.keys(statementsOf));

/** Returns the selections of a command, whose name is its first key; none for a command that selects nothing. */
export function queriesOf({ place, command }: SentCommand): SentQuery[] {
  const [name = ''] = Object.keys(command);
  return (statementsOf[name]?.(command) ?? []).map(({ filter, sort, isLimited = false, hint }) => ({
    place,
    collection: String(command[name]),
    filter: (filter ?? {}) as Document,
    sort: sort && Object.keys(sort).length > 0 ? (sort as Record<string, 1 | -1>) : null,
    isLimited,
    hint: typeof hint === 'string' ? hint : null,
  }));
}

/**
 * The use of a condition for an index: `point` names values, `range` an interval, and `rest` only filters what was
 * read.
 */
export interface Condition {
  use: 'point' | 'range' | 'rest';
  /** With `point`: the values. */
  values: readonly unknown[];
}

/** Conditions by field, all of which must hold. */
export type Branch = Readonly<Record<string, Condition>>;

/** Returns the alternatives of a filter, one for each way through its `$or`s. */
export function branchesOf(filter: Document): Branch[] {
  return Object.entries(filter).reduce<Branch[]>(
    (branches, [field, value]) => {
      if (field === '$and') return (value as Document[]).map(branchesOf).reduce(bothOf, branches);
      if (field === '$or') return bothOf(branches, (value as Document[]).flatMap(branchesOf));
      return bothOf(branches, [conditionsOf(field, value)]);
    },
    [{}],
  );
}

function bothOf(some: readonly Branch[], others: readonly Branch[]): Branch[] {
  return some.flatMap((one) => others.map((other) => mergeBranches(one, other)));
}

const worth = { point: 2, range: 1, rest: 0 } as const;

function mergeBranches(one: Branch, other: Branch): Branch {
  const merged: Record<string, Condition> = { ...one };
  for (const [field, condition] of Object.entries(other)) {
    const known = merged[field];
    if (known === undefined || worth[condition.use] > worth[known.use]) merged[field] = condition;
  }
  return merged;
}

function conditionsOf(field: string, value: unknown): Branch {
  if (!isOperators(value)) return { [field]: { use: 'point', values: [value] } };
  return Object.entries(value)
    .map(([operator, operand]) => conditionOf(field, operator, operand))
    .reduce(mergeBranches);
}

/** An exclusion is the ranges around the excluded values. */
const RANGES = ['$gt', '$gte', '$lt', '$lte', '$ne', '$nin'];

function conditionOf(field: string, operator: string, operand: unknown): Branch {
  const condition = (use: Condition['use'], values: readonly unknown[] = []): Branch => ({ [field]: { use, values } });
  if (operator === '$eq') return condition('point', [operand]);
  if (operator === '$in') return condition('point', operand as unknown[]);
  if (operator === '$exists' && operand === false) return condition('point', [null]);
  if (RANGES.includes(operator)) return condition('range');
  if (operator !== '$elemMatch') return condition('rest');
  const [nested = {}] = branchesOf(operand as Document);
  return Object.fromEntries(Object.entries(nested).map(([name, inner]) => [`${field}.${name}`, inner]));
}

function isOperators(value: unknown): value is Document {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.keys(value)[0]?.startsWith('$') === true;
}

/** Returns a text that is equal for queries that differ only in their values. */
export function shapeOf(query: SentQuery): string {
  const branches = branchesOf(query.filter).map((branch) =>
    Object.entries(branch)
      .map(([field, { use, values }]) => `${field} ${use} ${[...new Set(values.map(kindOf))].join()}`)
      .sort()
      .join('; '),
  );
  const { place, collection, sort, isLimited, hint } = query;
  return JSON.stringify([place, collection, [...new Set(branches)].sort(), sort, isLimited, hint]);
}

/** Partial indexes depend on the type of a value, and on the value of a boolean. */
const kindOf = (value: unknown): string =>
  typeof value === 'boolean' || value === null ? String(value) : typeof value;
