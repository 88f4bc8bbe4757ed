import type { Database } from '../../models/database';
import { waitFor } from '../wait-for';

/** Creates readers of the events and mails that every process writes. */
export const createEntityReaders = ({ database: { models } }: { database: Pick<Database, 'models'> }) => {
  const events = (entityId: string) => models.events.find({ entityId }).sort({ version: 1, _id: 1 }).lean();
  const mailed = (entityId: string) => ({ entityId, mail: { $ne: null } });
  return {
    events,
    /** Returns the types of an entity's events in their order, without the domain's prefix. */
    timeline: async (entityId: string): Promise<string[]> =>
      (await events(entityId)).map(({ type }) => type.replace(/^\w+\./, '')),
    /** Returns the templates of the requested mails in their order. */
    mails: async (entityId: string): Promise<string[]> =>
      (await models.outbox.find(mailed(entityId)).sort({ _id: 1 }).lean()).map(({ mail }) => mail!.template),
    untilMailed: (entityId: string, count: number) =>
      waitFor(async () => (await models.outbox.countDocuments(mailed(entityId))) >= count, { what: `mail ${count}` }),
  };
};
