import type { EventType } from '../../../contracts/events';
import { idAfter } from '../../../domain/values/id-after';
import type { Event } from '../../../models/event';
import type { GatherScope } from './gatherer';
import { readByTime } from './read-by-time';
import { readInStages, type StagePage } from './read-in-stages';

/** The part of an event that reports read. */
export type EventFact = Pick<Event, '_id' | 'type' | 'entityId' | 'at'> & {
  data: { reason?: unknown; standing?: unknown };
};

export interface ReadEventsInput {
  scope: Pick<GatherScope, 'database' | 'tenantId' | 'asOf'>;
  types: readonly EventType[];
  /** Half-open. */
  from: Date;
  to: Date;
  after: string | null;
  limit: number;
  /** Called with each event that was recorded up to `asOf`, type by type in the order of time. */
  take: (event: EventFact) => void;
}

const projection = { type: 1, entityId: 1, at: 1, 'data.reason': 1, 'data.standing': 1 } as const;

/** Reads events of some types by business time. */
export function readEvents({ scope, types, from, to, after, limit, take }: ReadEventsInput): Promise<StagePage> {
  const { database, tenantId, asOf } = scope;
  const tooLate = idAfter('event', asOf);
  const stages = types.map((type) => async (page: { after: string | null; limit: number }): Promise<StagePage> => {
    const filter = { tenantId, type };
    const { documents, after: next } = await readByTime({
      model: database.models.events,
      filter,
      projection,
      from,
      to,
      ...page,
    });
    for (const event of documents) if (event._id < tooLate) take(event);
    return { after: next, read: documents.length };
  });
  return readInStages({ stages, after, limit });
}

/** Returns the number of events that `readEvents` will take, over all pages. */
export async function countEvents({
  scope: { database, tenantId, asOf },
  type,
  from,
  to,
}: Pick<ReadEventsInput, 'scope' | 'from' | 'to'> & { type: EventType }): Promise<number> {
  const filter = { tenantId, type, at: { $gte: from, $lt: to }, _id: { $lt: idAfter('event', asOf) } };
  return database.models.events.countDocuments(filter);
}
