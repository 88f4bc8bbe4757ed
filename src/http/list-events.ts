import type { Database } from '../models/database';
import type { ListPage, ListQuery } from './list';
import { presentEvent } from './present-event';
import type { Call, Reply } from './request-context';

export interface ListEventsInput {
  call: Call<unknown, ListQuery>;
  database: Database;
  listPage: ListPage;
  /** Known to be the caller's. */
  entityId: string;
}

/** A page of the timeline of an entity, oldest first. */
export function listEvents({ call, database, listPage, entityId }: ListEventsInput): Promise<Reply> {
  const { tenantId } = call;
  // Every event raised the version by one, so the version orders them and names each.
  const by = { field: 'version', order: 1, isNumber: true } as const;
  return listPage({ call, model: database.models.events, filter: { tenantId, entityId }, by, present: (items) => items.map(presentEvent) });
}
