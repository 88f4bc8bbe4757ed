import type { Model } from 'mongoose';
import type { Database } from '../../models/database';
import { deleteInSlices } from '../delete-in-slices';
import type { RequireHeld } from './while-resetting';

export interface TenantDocument {
  _id: string;
  tenantId: string;
}

/**
 * Returns the models of a tenant's data: all that carry its id, except its API keys, the clock, which records its
 * resets, and the counts of its mails, whose limits a reset must not lift.
 */
export function tenantModels({ models }: Database): Model<TenantDocument>[] {
  const kept: readonly unknown[] = [models.apiKeys, models.sandboxClocks, models.mailCounts];
  return Object.values(models)
    .map((model) => model as unknown as Model<TenantDocument>)
    .filter((model) => model.schema.path('tenantId') !== undefined && !kept.includes(model));
}

const MAX_PASSES = 20;

export interface DeleteTenantDataInput {
  database: Database;
  tenantId: string;
  /** The record of the request for this deletion, the only record that stays. */
  keepIdempotencyId?: string;
  requireHeld: RequireHeld;
  /** Removes the bytes of a file, whose id is its row's. */
  removeFile: (fileId: string) => Promise<void>;
}

/**
 * Deletes everything of a tenant but its API keys, its clock and the counts of its mails. Documents written meanwhile
 * are deleted too, pass by pass, until a pass finds nothing: so no transaction leaves half of its documents behind.
 * The bytes of files are removed before the rows that name them. Returns false when another process kept writing.
 */
export async function deleteTenantData({
  database,
  tenantId,
  keepIdempotencyId,
  requireHeld,
  removeFile,
}: DeleteTenantDataInput): Promise<boolean> {
  const { files } = database.models;
  // A reader whose bytes go finds that the file is being deleted, and a reset that dies here leaves it to the sweep.
  const removeFiles = async (ids: readonly string[]): Promise<void> => {
    const deleting = { state: 'deleting', sweepAt: new Date() } as const;
    await database.inTransaction((session) =>
      files.updateMany({ tenantId, _id: { $in: [...ids] } }, { $set: deleting }, { session }),
    );
    for (const id of ids) await removeFile(id);
  };
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    let deleted = 0;
    for (const model of tenantModels(database)) {
      const isKept = model === (database.models.idempotency as unknown) && keepIdempotencyId !== undefined;
      const keepId = isKept ? keepIdempotencyId : null;
      const beforeSlice = model === (files as unknown) ? removeFiles : undefined;
      deleted += await deleteDocuments({ database, model, tenantId, keepId, requireHeld, beforeSlice });
    }
    if (deleted === 0) return true;
  }
  return false;
}

export interface DeleteDocumentsInput {
  database: Pick<Database, 'inTransaction'>;
  model: Model<TenantDocument>;
  tenantId: string;
  keepId?: string | null;
  requireHeld: RequireHeld;
  /** Called with the ids of a slice before it is deleted. */
  beforeSlice?: (ids: readonly string[]) => Promise<void>;
}

/**
 * Deletes by ids that were read while the sandbox was locked: whenever the delete arrives, it never affects documents
 * that were accepted later.
 */
export async function deleteDocuments({
  database,
  model,
  tenantId,
  keepId = null,
  requireHeld,
  beforeSlice,
}: DeleteDocumentsInput): Promise<number> {
  const filter = keepId === null ? {} : { _id: { $ne: keepId } };
  const whileHeld = async (ids: readonly string[]): Promise<void> => {
    await requireHeld();
    await beforeSlice?.(ids);
  };
  return deleteInSlices({ database, model, tenantId, filter, beforeSlice: whileHeld });
}
