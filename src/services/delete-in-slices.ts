import type { Model, QueryFilter } from 'mongoose';
import type { Database } from '../models/database';

const SLICE = 1000;

export interface DeleteInSlicesInput<Stored extends { _id: string; tenantId: string }> {
  database: Pick<Database, 'inTransaction'>;
  model: Model<Stored>;
  tenantId: string;
  /** The documents of the tenant that are deleted; defaults to all. */
  filter?: QueryFilter<Stored>;
  /** Called with the ids of a slice before it is deleted; a rejection ends the deletion. */
  beforeSlice?: (ids: string[]) => Promise<void>;
}

/**
 * Deletes documents by ids that were read, 1000 in a transaction: a transaction of all of them would grow with their
 * number. Whenever a delete arrives, it never affects documents that were written later. Returns the number of deleted
 * documents.
 */
export async function deleteInSlices<Stored extends { _id: string; tenantId: string }>({
  database,
  model,
  tenantId,
  filter = {},
  beforeSlice,
}: DeleteInSlicesInput<Stored>): Promise<number> {
  for (let deleted = 0; ;) {
    const selected = { ...filter, tenantId } as QueryFilter<Stored>;
    const found = await model.find(selected, { _id: 1 }).limit(SLICE).lean<{ _id: string }[]>();
    if (found.length === 0) return deleted;
    const ids = found.map(({ _id }) => _id);
    await beforeSlice?.(ids);
    const slice = { tenantId, _id: { $in: ids } } as QueryFilter<Stored>;
    const { deletedCount } = await database.inTransaction((session) => model.deleteMany(slice, { session }));
    deleted += deletedCount;
    if (found.length < SLICE) return deleted;
  }
}
