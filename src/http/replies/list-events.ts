import type { Database } from '../../models/database';
import type { Event } from '../../models/event';
import type { ListPage, ListQuery } from './list';
import { presentEvent } from './present-event';
import type { Call, Reply } from '../pipeline/request-context';

export interface ListEventsInput {
  call: Call<unknown, ListQuery>;
  database: Database;
  listPage: ListPage;
  /** Id of an entity that is known to be the caller's. */
  entityId: string;
  /** The currency of the amounts in its timeline; null for an entity without amounts. */
  currency: string | null;
}

/** Returns a page of an entity's timeline, oldest first. */
export function listEvents({ call, database, listPage, entityId, currency }: ListEventsInput): Promise<Reply> {
  const { tenantId } = call;
  return listPage({
    call,
    model: database.models.events,
    filter: { tenantId, entityId },
    // Every event raises the version by one, so the version orders the events and identifies each.
    by: { order: 1, fields: [{ name: 'version', kind: 'number' }] },
    present: (items: Event[]) => items.map((event) => presentEvent(event, currency)),
  });
}
