import type { Model, QueryFilter } from 'mongoose';
import { RequestProblem } from '../problem';
import type { Call, Reply } from '../pipeline/request-context';
import { foreignCursor, type Cursors } from './cursors';

export interface ListQuery {
  limit?: number;
  cursor?: string;
  createdAfter?: string;
  createdBefore?: string;
}

/**
 * The fields that order a list; their values together are unique within it, and `order` -1 descends. A list whose
 * fields change says what that means for its pages.
 */
export interface ListOrder {
  order: 1 | -1;
  fields: readonly { name: string; kind: 'text' | 'number' | 'date' }[];
}

/**
 * The order of the lists that are filtered by creation time: an index with `createdAt` before `_id` serves the filter
 * and the order in every tenant. An id carries real time alone, and another instant than `createdAt`: a charge is dated
 * by its process, and everything in a sandbox whose clock was advanced is dated ahead.
 */
export const newestFirst: ListOrder = {
  order: -1,
  fields: [
    { name: 'createdAt', kind: 'date' },
    { name: '_id', kind: 'text' },
  ],
};

/** Orders a list by the ids of its items, which carry the real time of their creation. */
export const byId = (order: ListOrder['order']): ListOrder => ({ order, fields: [{ name: '_id', kind: 'text' }] });

export interface ListPageInput<Item> {
  call: Call<unknown, ListQuery>;
  model: Model<Item>;
  filter: Record<string, unknown>;
  /** Further ranges, which move with time between two pages, whose cursors stay valid. */
  current?: Record<string, unknown>;
  by: ListOrder;
  /** The fields that no item is shown with, where they are large: a page reads a hundred items. Defaults to none. */
  without?: readonly (keyof Item & string)[];
  present: (items: Item[]) => unknown[] | Promise<unknown[]>;
}

/** Returns a page of a list. */
export type ListPage = <Item>(input: ListPageInput<Item>) => Promise<Reply>;

/**
 * Returns the function that serves list pages. A cursor is a place between two items by the values of their ordering
 * fields, so that items added or removed between two pages neither repeat nor hide others.
 */
export function createListPage({ cursors }: { cursors: Cursors }): ListPage {
  const read = (cursor: string, filter: unknown, call: Call, by: ListOrder): PositionValue[] => {
    // A cursor of an earlier version of the program may have other fields.
    const values = valuesOf(cursors.read(cursor, filter, call), by);
    if (values) return values;
    throw foreignCursor();
  };

  return async ({ call, model, filter, current = {}, by, without = [], present }) => {
    const { limit = 20, cursor } = call.query;
    const sort = Object.fromEntries(by.fields.map(({ name }) => [name, by.order]));
    const rest = cursor === undefined ? [filter] : beyond(read(cursor, filter, call, by), filter, by);
    const stretches = rest.map((stretch) => narrowed(stretch, current)).filter((stretch) => stretch !== null);
    const found = await Promise.all(
      stretches.map((stretch) =>
        model
          .find(stretch as QueryFilter<never>, Object.fromEntries(without.map((field) => [field, 0])))
          .sort(sort)
          .limit(limit + 1)
          .lean(),
      ),
    );
    const items = found.flat() as never[];
    const [last, following] = items.slice(limit - 1, limit + 1);
    const next = last && following ? cursors.write(positionOf(last, following, by), filter, call) : null;
    return { status: 200, body: { items: await present(items.slice(0, limit)), next } };
  };
}

/** Returns a filter with further conditions, of two on a field the narrower one; null where they exclude each other. */
function narrowed(filter: Record<string, unknown>, current: Record<string, unknown>): Record<string, unknown> | null {
  const result = { ...filter };
  for (const [field, condition] of Object.entries(current)) {
    const value = filter[field];
    const range = condition as Record<string, Date>;
    if (value instanceof Date) {
      if (!isWithin(value, range)) return null;
    } else if (value === undefined) result[field] = range;
    else if (typeof value === 'object' && value !== null)
      result[field] = narrowerRange(range, value as Record<string, Date>);
  }
  return result;
}

const isWithin = (value: Date, { $gt, $lt, $lte }: Record<string, Date>): boolean =>
  !($gt && value <= $gt) && !($lt && value >= $lt) && !($lte && value > $lte);

/** Returns the bounds of both ranges, of two lower ones the later. Upper ones of a place in a list are the narrower. */
function narrowerRange(one: Record<string, Date>, other: Record<string, Date>): Record<string, Date> {
  const $gt = one.$gt && other.$gt && (one.$gt > other.$gt ? one.$gt : other.$gt);
  return { ...one, ...other, ...($gt ? { $gt } : {}) };
}

type PositionValue = string | number | Date;

/**
 * Returns the place between two items: the values of as many ordering fields of the first as it takes to tell the two
 * apart. No value has a space.
 */
function positionOf(last: Record<string, unknown>, following: Record<string, unknown>, { fields }: ListOrder): string {
  const textOf = (item: Record<string, unknown>, { name, kind }: ListOrder['fields'][number]): string =>
    String(kind === 'date' ? (item[name] as Date).getTime() : item[name]);
  const differing = fields.findIndex((field) => textOf(last, field) !== textOf(following, field));
  return fields
    .slice(0, differing + 1)
    .map((field) => textOf(last, field))
    .join(' ');
}

/** Returns the values of a position; null for one that is not of this order. */
function valuesOf(position: string, { fields }: ListOrder): PositionValue[] | null {
  const texts = position.split(' ');
  const values = texts.map((text, index) => {
    const kind = fields[index]?.kind;
    if (kind === 'text') return text;
    return kind !== undefined && /^\d+$/.test(text) ? (kind === 'date' ? new Date(Number(text)) : Number(text)) : null;
  });
  return values.every((value) => value !== null) ? values : null;
}

/**
 * Returns the filters of the items beyond a position, in the order of the list, each one stretch of an index: first the
 * items that have all values but the last in common with the position, then those with one value less.
 */
function beyond(
  values: readonly PositionValue[],
  filter: Record<string, unknown>,
  { order, fields }: ListOrder,
): Record<string, unknown>[] {
  return values
    .map((value, index) => {
      const [name = ''] = [fields[index]?.name];
      const common = fields.slice(0, index).map((field, at) => [field.name, values[at]] as const);
      const range = { ...(filter[name] as object | undefined), [order === 1 ? '$gt' : '$lt']: value };
      return { ...filter, ...Object.fromEntries(common), [name]: range };
    })
    .toReversed();
}

/** Returns the filter of a list by creation time: from `createdAfter` on, before `createdBefore`. */
export function createdWithin({ createdAfter, createdBefore }: ListQuery): { createdAt?: Record<string, Date> } {
  if (createdAfter === undefined && createdBefore === undefined) return {};
  return {
    createdAt: {
      ...(createdAfter === undefined ? {} : { $gte: instantOf('createdAfter', createdAfter) }),
      ...(createdBefore === undefined ? {} : { $lt: instantOf('createdBefore', createdBefore) }),
    },
  };
}

/**
 * Returns the instant of a query parameter. Reads a leap second as the second before it: a valid date-time that a Date
 * cannot hold.
 */
export function instantOf(parameter: string, text: string): Date {
  const instant = new Date(text.replace(/:60(?=[.Zz+-])/, ':59'));
  if (!Number.isNaN(instant.getTime())) return instant;
  const detail = 'must be an instant such as 2026-11-21T09:00:00Z';
  throw new RequestProblem('INVALID_PARAMETER', `${parameter} ${detail}`, {
    errors: [{ parameter, rule: 'format', detail }],
  });
}
