import type { Model } from 'mongoose';
import type { Database } from '../../models/database';
import type { RequireHeld } from './sandbox-reset';

export interface TenantDocument {
  _id: string;
  tenantId: string;
}

/**
 * The models of what belongs to a tenant: all that carry its id, save the keys it calls with and the clock, which knows
 * of its resets.
 */
export function tenantModels({ models }: Database): Model<TenantDocument>[] {
  return Object.values(models)
    .map((model) => model as unknown as Model<TenantDocument>)
    .filter(
      (model) =>
        model.schema.path('tenantId') !== undefined && ![models.apiKeys, models.sandboxClocks].includes(model as never),
    );
}

const MOST_PASSES = 20;
const BATCH = 1000;

export interface DeleteTenantDataInput {
  database: Database;
  tenantId: string;
  /** The record of the very request that asks for it: the only one that stays. */
  keepIdempotencyId?: string;
  requireHeld: RequireHeld;
}

/**
 * Deletes everything of a tenant but its API keys and its clock. What is written meanwhile is deleted too, pass by
 * pass, until a pass finds nothing: so nothing that was written in one transaction is left behind by half. Answers
 * false when something kept writing.
 */
export async function deleteTenantData({
  database,
  tenantId,
  keepIdempotencyId,
  requireHeld,
}: DeleteTenantDataInput): Promise<boolean> {
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    let deleted = 0;
    for (const model of tenantModels(database)) {
      const isKept = model === (database.models.idempotency as unknown) && keepIdempotencyId !== undefined;
      deleted += await deleteDocuments({ model, tenantId, keepId: isKept ? keepIdempotencyId : null, requireHeld });
    }
    if (deleted === 0) return true;
  }
  return false;
}

export interface DeleteDocumentsInput {
  model: Model<TenantDocument>;
  tenantId: string;
  keepId?: string | null;
  requireHeld: RequireHeld;
}

/**
 * Deletes by ids that were read while the sandbox was held: whenever the delete arrives, it never meets what was
 * accepted later.
 */
export async function deleteDocuments({
  model,
  tenantId,
  keepId = null,
  requireHeld,
}: DeleteDocumentsInput): Promise<number> {
  for (let deleted = 0; ;) {
    const found = await model
      .find({ tenantId, ...(keepId === null ? {} : { _id: { $ne: keepId } }) }, { _id: 1 })
      .limit(BATCH)
      .lean();
    if (found.length === 0) return deleted;
    await requireHeld();
    const result = await model.deleteMany({ tenantId, _id: { $in: found.map(({ _id }) => _id) } });
    deleted += result.deletedCount;
    if (found.length < BATCH) return deleted;
  }
}
