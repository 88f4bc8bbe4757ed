import type { Model, QueryFilter } from 'mongoose';
import type { GatherScope } from './gatherer';

/** A fact with its business time. */
export interface DatedFact {
  _id: string;
  tenantId: string;
  at: Date;
}

export interface ReadDatedInput<Fact extends DatedFact> {
  /** With an index over (tenantId, at, _id). */
  model: Model<Fact>;
  scope: Pick<GatherScope, 'tenantId' | 'window'>;
  /** Null begins. */
  after: string | null;
  limit: number;
}

/**
 * Reads the facts dated in the window after a place in their order, at most `limit` of them. Returns the place after
 * the last; null at the end of the window.
 */
export async function readDated<Fact extends DatedFact>({
  model,
  scope: { tenantId, window },
  after,
  limit,
}: ReadDatedInput<Fact>): Promise<{ found: Fact[]; next: string | null }> {
  const found: Fact[] = [];
  for (const stretch of stretchesOf(window, after)) {
    if (found.length === limit) break;
    const selected = { tenantId, ...stretch } as QueryFilter<Fact>;
    found.push(
      ...(await model
        .find(selected)
        .sort({ at: 1, _id: 1 })
        .limit(limit - found.length)
        .lean<Fact[]>()),
    );
  }
  const last = found.length === limit ? found.at(-1) : undefined;
  return { found, next: last ? `${last.at.toISOString()} ${last._id}` : null };
}

/** Returns the stretches of the index that follow a place: the rest of its instant, then the instants after it. */
function stretchesOf({ startAt, endAt }: GatherScope['window'], after: string | null): object[] {
  const end = new Date(endAt);
  if (after === null) return [{ at: { $gte: new Date(startAt), $lt: end } }];
  const space = after.indexOf(' ');
  const at = new Date(after.slice(0, space));
  return [{ at, _id: { $gt: after.slice(space + 1) } }, { at: { $gt: at, $lt: end } }];
}
