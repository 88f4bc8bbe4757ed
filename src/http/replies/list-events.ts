import type { Database } from '../../models/database';
import type { Event } from '../../models/event';
import type { ListPage, ListQuery } from './list';
import { presentEvent } from './present-event';
import type { Call, Reply } from '../pipeline/request-context';

export interface ListEventsInput {
  call: Call<unknown, ListQuery>;
  database: Database;
  listPage: ListPage;
  /** Known to be the caller's. */
  entityId: string;
  /** Of the amounts in its timeline; null for what moves no money. */
  currency: string | null;
}

/** A page of the timeline of an entity, oldest first. */
export function listEvents({ call, database, listPage, entityId, currency }: ListEventsInput): Promise<Reply> {
  const { tenantId } = call;
  // Every event raised the version by one, so the version orders them and names each.
  const by = { field: 'version', order: 1, isNumber: true } as const;
  const present = async (items: Event[]) => {
    const planNames = await namesOfPlans(items);
    return items.map((event) => presentEvent(event, { currency, planNames }));
  };
  return listPage({ call, model: database.models.events, filter: { tenantId, entityId }, by, present });

  async function namesOfPlans(events: readonly Event[]): Promise<Map<string, string>> {
    const planIds = [...new Set(events.map(({ data }) => data.planId).filter((planId) => typeof planId === 'string'))];
    const plans =
      planIds.length === 0
        ? []
        : await database.models.plans.find({ tenantId, _id: { $in: planIds } }, { name: 1 }).lean();
    return new Map(plans.map(({ _id, name }) => [_id, name]));
  }
}
