import type { FileStore } from '../../domain/reports/file-store';
import type { Database } from '../../models/database';
import { deleteFile } from './files';
import { removeParts } from './parts';

/** Removes the parts and files of a report that has ended without any to offer. Harmless when it is repeated. */
export async function discardReport({
  database,
  fileStore,
  tenantId,
  reportId,
}: {
  database: Database;
  fileStore: Pick<FileStore, 'remove'>;
  tenantId: string;
  reportId: string;
}): Promise<void> {
  const files = await database.models.files.find({ tenantId, reportId }, { _id: 1 }).lean();
  for (const { _id: fileId } of files) await deleteFile({ database, store: fileStore, tenantId, fileId });
  await removeParts({ database, tenantId, reportId });
}
