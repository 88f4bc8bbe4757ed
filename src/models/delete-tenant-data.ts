import type { Model } from 'mongoose';
import type { Database } from './database';

interface TenantDocument {
  _id: string;
  tenantId: string;
}

/** The models of what belongs to a tenant: all that carry its id, save the keys it calls with. */
export function tenantModels({ models }: Database): Model<TenantDocument>[] {
  return Object.values(models)
    .map((model) => model as unknown as Model<TenantDocument>)
    .filter((model) => model.schema.path('tenantId') !== undefined && model !== (models.apiKeys as unknown));
}

const MOST_PASSES = 20;

/**
 * Deletes everything of a tenant but its API keys, the state of its clock included. What is written meanwhile is deleted too,
 * pass by pass, until a pass finds nothing: so nothing that was written in one transaction is left behind by half.
 * Answers false when requests kept coming. `keepIdempotencyId` is the record of the very request that asks for it.
 */
export async function deleteTenantData({ database, tenantId, keepIdempotencyId }: { database: Database; tenantId: string; keepIdempotencyId?: string }): Promise<boolean> {
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    let deleted = 0;
    for (const model of tenantModels(database)) {
      const isKept = model === (database.models.idempotency as unknown) && keepIdempotencyId !== undefined;
      const result = await model.deleteMany({ tenantId, ...(isKept ? { _id: { $ne: keepIdempotencyId } } : {}) });
      deleted += result.deletedCount;
    }
    if (deleted === 0) return true;
  }
  return false;
}
