import type { FileStore } from '../../domain/reports/file-store';
import type { Database } from '../../models/database';
import type { OfferedFile } from '../../models/reports/report';
import { beginFile, finishFile } from '../../services/reports/files';

export interface OfferCsvFileInput {
  database: Database;
  store: Pick<FileStore, 'write'>;
  tenantId: string;
  reportId: string;
  content: string;
}

/** Completes a report that no process makes, with this CSV file. */
export async function offerCsvFile({ database, store, content, ...owner }: OfferCsvFileInput): Promise<OfferedFile> {
  const about = { format: 'csv', name: 'payments-2026-03.csv', mediaType: 'text/csv' } as const;
  const { _id: fileId } = await beginFile({ database, ...owner, ...about });
  const stream = (async function* () {
    yield Buffer.from(content);
  })();
  const written = await store.write({ key: fileId, stream });
  await finishFile({ database, tenantId: owner.tenantId, fileId, ...written });
  const offered: OfferedFile = { ...about, fileId, ...written };
  const { reportId: _id, tenantId } = owner;
  await database.models.reports.updateOne({ _id, tenantId }, { $set: { state: 'completed', files: [offered] } });
  return offered;
}
