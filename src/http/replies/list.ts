import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Model, QueryFilter } from 'mongoose';
import { RequestProblem } from '../problem';
import type { Call, Reply } from '../pipeline/request-context';

export interface ListQuery {
  limit?: number;
  cursor?: string;
  createdAfter?: string;
  createdBefore?: string;
}

export interface ListPageInput<Item> {
  call: Call<unknown, ListQuery>;
  model: Model<Item>;
  filter: Record<string, unknown>;
  /** The field that orders the list and is unique within it; `order` -1 descends. */
  by: { field: string; order: 1 | -1; isNumber?: boolean };
  present: (items: Item[]) => unknown[] | Promise<unknown[]>;
}

/**
 * Returns a page of a list. Cursors are signed together with their list, so that a forged cursor, or one of another
 * list, is rejected instead of skipping items.
 */
export type ListPage = <Item>(input: ListPageInput<Item>) => Promise<Reply>;

const SIGNATURE_LENGTH = 22;

/**
 * Returns the function that serves list pages. Pages are ordered by a unique field: items added or removed between two
 * pages neither repeat nor hide others.
 */
export function createListPage({ secret }: { secret: string }): ListPage {
  const sign = (position: string, filter: unknown, { operation, tenantId }: Call): string =>
    createHmac('sha256', secret)
      .update(JSON.stringify(['cursor', operation.id, tenantId, filter, position]))
      .digest('base64url')
      .slice(0, SIGNATURE_LENGTH);

  const write = (position: string, filter: unknown, call: Call): string =>
    sign(position, filter, call) + Buffer.from(position).toString('base64url');

  const read = (cursor: string, filter: unknown, call: Call): string => {
    const position = Buffer.from(cursor.slice(SIGNATURE_LENGTH), 'base64url').toString('utf8');
    const given = Buffer.from(cursor);
    const expected = Buffer.from(write(position, filter, call));
    if (given.length === expected.length && timingSafeEqual(given, expected)) return position;
    const detail = 'is not the `next` of this list with these filters; start again without a cursor';
    throw new RequestProblem('INVALID_PARAMETER', `cursor ${detail}`, {
      errors: [{ parameter: 'cursor', rule: 'cursor', detail }],
    });
  };

  return async ({ call, model, filter, by: { field, order, isNumber = false }, present }) => {
    const { limit = 20, cursor } = call.query;
    const position = cursor === undefined ? undefined : read(cursor, filter, call);
    const beyond =
      position === undefined
        ? {}
        : { [field]: { [order === 1 ? '$gt' : '$lt']: isNumber ? Number(position) : position } };
    const found = (await model
      .find({ ...filter, ...beyond } as QueryFilter<never>)
      .sort({ [field]: order })
      .limit(limit + 1)
      .lean()) as never[];
    const items = found.slice(0, limit);
    const last = items.at(-1) as Record<string, unknown> | undefined;
    const next = found.length > limit && last ? String(last[field]) : null;
    return {
      status: 200,
      body: { items: await present(items), next: next === null ? null : write(next, filter, call) },
    };
  };
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

/** Reads a leap second as the second before it: a valid date-time that a Date cannot hold. */
function instantOf(parameter: string, text: string): Date {
  const instant = new Date(text.replace(/:60(?=[.Zz+-])/, ':59'));
  if (!Number.isNaN(instant.getTime())) return instant;
  const detail = 'must be an instant such as 2026-11-21T09:00:00Z';
  throw new RequestProblem('INVALID_PARAMETER', `${parameter} ${detail}`, {
    errors: [{ parameter, rule: 'format', detail }],
  });
}
