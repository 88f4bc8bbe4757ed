import { branchesOf, type Branch, type Document, type SentQuery } from './sent-query.ts';

export interface Index {
  collection: string;
  name: string;
  fields: Record<string, 1 | -1>;
  /** The documents that the index contains; null for all. */
  partial: Document | null;
}

/** A query whose cost grows with all that ever was. */
export interface Fault {
  query: SentQuery;
  kind: 'scan' | 'sort';
  /** Fields of the filter that the nearest index does not narrow; with `sort`: the fields of the order. */
  left: string[];
  /** The number of fields, beside the tenant, that the nearest index narrows. */
  narrowed: number;
  /** The nearest index; null where there is none. */
  nearest: string | null;
}

/** An accepted fault: a query of this file that leaves these fields, or any where an index narrows so many others. */
export interface Accepted {
  place: string;
  left: readonly string[] | { afterNarrowed: number };
  reason: string;
}

/**
 * Returns the fault of a query; null when indexes serve it. Every alternative of the filter needs an index that
 *
 * - begins with values of the filter, one of which belongs to a few documents (an id, a key), or
 * - contains only what is open, or
 * - narrows every field of the filter, and returns a page or the documents of some state, never all of a tenant.
 *
 * The rule reads no plan of a server, so that its verdict is the same on every server.
 */
export function judgeQuery(query: SentQuery, indexes: readonly Index[]): Fault | null {
  const own = [...indexes.filter(({ collection }) => collection === query.collection), byId(query.collection)];
  for (const branch of branchesOf(query.filter)) {
    const uses = own.map((index) => useOf({ index, branch, query })).filter((use) => use !== null);
    const serving = uses.filter(({ serves }) => serves);
    const [nearest] = uses.toSorted((one, other) => one.left.length - other.left.length || other.narrow - one.narrow);
    if (serving.length === 0)
      return {
        query,
        kind: 'scan',
        left: nearest?.left ?? Object.keys(branch).sort(),
        narrowed: nearest?.bounds.filter((field) => field !== 'tenantId').length ?? 0,
        nearest: nearest?.index.name ?? null,
      };
    if (query.sort !== null && !serving.some(({ isOrdered }) => isOrdered))
      return {
        query,
        kind: 'sort',
        left: Object.keys(query.sort),
        narrowed: 0,
        nearest: serving[0]?.index.name ?? null,
      };
  }
  return null;
}

/** The index that serves a page. */
export interface Serving {
  index: string;
  /** Fields of the filter by which the server finds its place in the index. */
  bounds: string[];
  /** Fields of the filter that the server compares in each document that it reads. */
  left: string[];
}

/**
 * Returns the index that gives a page its order and leaves the least to compare; null where none has the order. The
 * filter has no alternatives.
 */
export function servingIndex(query: SentQuery, indexes: readonly Index[]): Serving | null {
  const [branch = {}] = branchesOf(query.filter);
  const own = [...indexes.filter(({ collection }) => collection === query.collection), byId(query.collection)];
  const [best] = own
    .map((index) => useOf({ index, branch, query }))
    .filter((use) => use?.isOrdered === true)
    .toSorted((one, other) => one!.left.length - other!.left.length || other!.narrow - one!.narrow);
  return best ? { index: best.index.name, bounds: best.bounds, left: best.left } : null;
}

/** Returns true when the list of accepted faults names the fault. */
export function isAccepted({ query, left, narrowed }: Fault, accepted: readonly Accepted[]): boolean {
  return accepted.some(
    (known) =>
      known.place === query.place &&
      ('afterNarrowed' in known.left ? narrowed >= known.left.afterNarrowed : known.left.join() === left.join()),
  );
}

/** Returns the fault in one line. */
export function describeFault({ query, kind, left, nearest }: Fault): string {
  const { place, collection, filter } = query;
  const where = `${place} sends ${collection} {${Object.keys(filter).join(', ')}}`;
  if (kind === 'sort') return `${where} and sorts by ${left.join(', ')} in memory: no index has that order`;
  const served =
    nearest === null ? 'no index begins with one of them' : `${nearest} leaves ${left.join(', ') || 'all'}`;
  return `${where}, which reads more than it returns: ${served}`;
}

const byId = (collection: string): Index => ({ collection, name: '_id_', fields: { _id: 1 }, partial: null });

interface IndexUse {
  index: Index;
  serves: boolean;
  /** The index returns the documents in the order of the query. */
  isOrdered: boolean;
  bounds: string[];
  left: string[];
  /** The number of fields among the bounds, beside the document's own id, that belong to a few documents. */
  narrow: number;
}

interface UseInput {
  index: Index;
  branch: Branch;
  query: SentQuery;
}

/** Returns the use of an index for one alternative; null when the server cannot use the index. */
function useOf({ index, branch, query }: UseInput): IndexUse | null {
  if (!isWithin(branch, index.partial)) return null;
  const bounds = boundsOf(index, branch);
  const isOrdered = query.sort !== null && isInOrder({ index, branch, sort: query.sort });
  if (bounds.length === 0 && query.hint !== index.name && !isOrdered) return null;
  const left = Object.keys(branch)
    .filter((field) => !bounds.includes(field) && !(field in (index.partial ?? {})))
    .sort();
  const points = bounds.filter((field) => branch[field]?.use === 'point');
  const isPage = query.isLimited && (query.sort === null || isOrdered);
  const isExact = left.length === 0 && (isPage || bounds.some((field) => !['tenantId', '_id'].includes(field)));
  const serves = points.some(isNarrow) || isExact || holdsOpen({ index, branch, bounds });
  return {
    index,
    serves,
    isOrdered,
    bounds,
    left,
    narrow: bounds.filter((field) => field !== '_id' && isNarrow(field)).length,
  };
}

/** Fields with a value of their own for one document or a few: ids, and what is unique among some. */
const narrowFields = new Set(['key', 'hash', 'code', 'subject', 'lease', 'orderRef', 'claimedBy']);
const isNarrow = (field: string): boolean =>
  field !== 'tenantId' && field !== 'item.planId' && (/(_id|Id|Key)$/.test(field) || narrowFields.has(field));

/** Returns the fields by which the server finds its place in the index: values, then at most one range. */
function boundsOf({ fields }: Index, branch: Branch): string[] {
  const bounds: string[] = [];
  for (const field of Object.keys(fields)) {
    const use = branch[field]?.use ?? 'rest';
    if (use === 'rest') break;
    bounds.push(field);
    if (use === 'range') break;
  }
  return bounds;
}

/** Work that is under way carries `open: true`, and loses it when it is done. */
function holdsOpen({ index, branch, bounds }: { index: Index; branch: Branch; bounds: string[] }): boolean {
  const isAsked = branch.open?.use === 'point' && branch.open.values.every((value) => value === true);
  return isAsked && (index.partial?.open === true || bounds.includes('open'));
}

/** Returns true when every document of the alternative is in the partial index. */
function isWithin(branch: Branch, partial: Document | null): boolean {
  return Object.entries(partial ?? {}).every(([field, expected]) => {
    const { use, values } = branch[field] ?? { use: 'rest', values: [] };
    // A range of the field lies above the least value in the index: the code names that value in every query.
    if (isAbove(expected)) return use === 'range' || (use === 'point' && !values.includes(null));
    if (use !== 'point') return false;
    const type = (expected as { $type?: string } | null)?.$type;
    return values.every((value) => (type === undefined ? value === expected : typeof value === type));
  });
}

const isAbove = (expected: unknown): boolean =>
  typeof expected === 'object' && expected !== null && Object.keys(expected).join() === '$gt';

interface OrderInput {
  index: Index;
  branch: Branch;
  sort: NonNullable<SentQuery['sort']>;
}

/** Returns true when the index, without the fields that have one place in it, begins with the order or its reverse. */
function isInOrder({ index, branch, sort }: OrderInput): boolean {
  const isFree = ([field]: readonly [string, unknown]): boolean => branch[field]?.use !== 'point';
  const wanted = Object.entries(sort).filter(isFree);
  const given = Object.entries(index.fields).filter(isFree);
  const turn = (wanted[0]?.[1] ?? 1) * (given[0]?.[1] ?? 1);
  return wanted.every(([field, order], at) => given[at]?.[0] === field && given[at][1] * turn === order);
}
