import type { ClientSession } from 'mongoose';
import type { Database } from '../models/database';
import type { Event } from '../models/event';

export interface FindLastEventInput {
  database: Pick<Database, 'models'>;
  session: ClientSession;
  tenantId: string;
  entityId: string;
}

/**
 * Returns the last event of an entity, which has the state that its own steps left it in: an entity in another state
 * was changed by hand. Null for an entity without events.
 */
export const findLastEvent = ({
  database,
  session,
  tenantId,
  entityId,
}: FindLastEventInput): Promise<Pick<Event, 'state'> | null> =>
  database.models.events
    .findOne({ tenantId, entityId }, { state: 1 })
    .sort({ version: -1, _id: -1 })
    .session(session)
    .lean();
