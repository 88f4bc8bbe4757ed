import type { Model } from 'mongoose';
import type { Database } from '../../models/database';
import type { RequireHeld } from './while-resetting';

export interface TenantDocument {
  _id: string;
  tenantId: string;
}

/**
 * Returns the models of a tenant's data: all that carry its id, except its API keys and the clock, which records its
 * resets.
 */
export function tenantModels({ models }: Database): Model<TenantDocument>[] {
  return Object.values(models)
    .map((model) => model as unknown as Model<TenantDocument>)
    .filter(
      (model) =>
        model.schema.path('tenantId') !== undefined && ![models.apiKeys, models.sandboxClocks].includes(model as never),
    );
}

const MAX_PASSES = 20;
const BATCH = 1000;

export interface DeleteTenantDataInput {
  database: Database;
  tenantId: string;
  /** The record of the request for this deletion, the only record that stays. */
  keepIdempotencyId?: string;
  requireHeld: RequireHeld;
}

/**
 * Deletes everything of a tenant but its API keys and its clock. Documents written meanwhile are deleted too, pass by
 * pass, until a pass finds nothing: so no transaction leaves half of its documents behind. Returns false when another
 * process kept writing.
 */
export async function deleteTenantData({
  database,
  tenantId,
  keepIdempotencyId,
  requireHeld,
}: DeleteTenantDataInput): Promise<boolean> {
  for (let pass = 0; pass < MAX_PASSES; pass++) {
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
 * Deletes by ids that were read while the sandbox was locked: whenever the delete arrives, it never affects documents
 * that were accepted later.
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
