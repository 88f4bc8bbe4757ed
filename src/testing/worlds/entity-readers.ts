import type { Database } from '../../models/database';
import { waitFor } from '../wait-for';

/** Readers of what every process writes beside its entity: events and mails. */
export const createEntityReaders = ({ database: { models } }: { database: Pick<Database, 'models'> }) => {
  const events = (entityId: string) => models.events.find({ entityId }).sort({ version: 1, _id: 1 }).lean();
  const mailed = (entityId: string) => ({ entityId, mail: { $ne: null } });
  return {
    events,
    /** The types of an entity's events in their order, without the domain's prefix. */
    timeline: async (entityId: string): Promise<string[]> =>
      (await events(entityId)).map(({ type }) => type.replace(/^\w+\./, '')),
    /** The templates of the mails that were ordered, in their order. */
    mails: async (entityId: string): Promise<string[]> =>
      (await models.outbox.find(mailed(entityId)).sort({ _id: 1 }).lean()).map(({ mail }) => mail!.template),
    untilMailed: (entityId: string, count: number) =>
      waitFor(async () => (await models.outbox.countDocuments(mailed(entityId))) >= count, { what: `mail ${count}` }),
  };
};
