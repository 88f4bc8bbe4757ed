import type { Model, ProjectionType, QueryFilter } from 'mongoose';

/** A document that is dated in business time. */
interface Dated {
  _id: string;
  at: Date;
}

export interface ReadByTimeInput<Document extends Dated> {
  model: Model<Document>;
  /** Values of the fields that an index has before `at` and `_id`. */
  filter: Record<string, unknown>;
  projection: Record<keyof Document & string, 1> | Record<string, 1>;
  /** Half-open. */
  from: Date;
  to: Date;
  /** A key of an earlier page; null begins. */
  after: string | null;
  limit: number;
}

/**
 * Returns a page of documents dated from an instant to another, in the order of time and id, and the key of the next
 * one; null at the end. Each query is one stretch of the index.
 */
export async function readByTime<Document extends Dated>({
  model,
  filter,
  projection,
  from,
  to,
  after,
  limit,
}: ReadByTimeInput<Document>): Promise<{ documents: Document[]; after: string | null }> {
  const documents: Document[] = [];
  for (const stretch of stretchesAfter({ from, to, after })) {
    const rest = limit - documents.length;
    if (rest === 0) break;
    const found = await model
      .find({ ...filter, ...stretch } as QueryFilter<Document>, projection as ProjectionType<Document>)
      .sort({ at: 1, _id: 1 })
      .limit(rest)
      .lean<Document[]>();
    documents.push(...found);
  }
  return { documents, after: documents.length === limit ? keyAfter(documents) : null };
}

/** A key is the last document's place and the time that its page covered. */
function keyAfter(documents: readonly Dated[]): string | null {
  const [first, last] = [documents[0], documents.at(-1)];
  if (!first || !last) return null;
  const atMs = last.at.getTime();
  return [atMs, atMs - first.at.getTime(), last._id].join('/');
}

/**
 * Returns the conditions of what comes after a key: the rest of its instant, the time in which another page is
 * expected, and all later times. Without the middle one a server that reads a whole range before it limits would read
 * the rest of the window for every page.
 */
function stretchesAfter({ from, to, after }: { from: Date; to: Date; after: string | null }): object[] {
  if (after === null) return [{ at: { $gte: from, $lt: to } }];
  const [atMs = '', spanMs = '', ...id] = after.split('/');
  const at = new Date(Number(atMs));
  const near = new Date(Math.min(to.getTime(), at.getTime() + 2 * Number(spanMs) + 1000));
  const sameInstant = { at, _id: { $gt: id.join('/') } };
  return [sameInstant, { at: { $gt: at, $lt: near } }, ...(near < to ? [{ at: { $gte: near, $lt: to } }] : [])];
}
