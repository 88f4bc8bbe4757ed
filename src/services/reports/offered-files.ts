import { DomainError } from '../../domain/domain-error';
import type { Database } from '../../models/database';
import type { ReportFile } from '../../models/reports/file';
import type { OfferedFile, Report } from '../../models/reports/report';
import { findReadyFile } from './files';

/** The error for a file that is gone or is not what was written. */
export const damaged = (format: string): DomainError =>
  new DomainError('FILE_DAMAGED', `The ${format} file was not read back as it was written`);

/** Returns the ready file of each format of a report. @throws DomainError `FILE_DAMAGED` where one is gone */
export async function readyFilesOf({
  database,
  report: { _id: reportId, tenantId, formats },
}: {
  database: Database;
  report: Report;
}): Promise<ReportFile[]> {
  const files: ReportFile[] = [];
  for (const format of formats) {
    const file = await findReadyFile({ database, tenantId, reportId, format });
    if (!file) throw damaged(format);
    files.push(file);
  }
  return files;
}

/** Returns the files of a report as they are offered once it is completed. */
export async function offeredFilesOf(input: { database: Database; report: Report }): Promise<OfferedFile[]> {
  const files = await readyFilesOf(input);
  return files.map(({ _id: fileId, format, mediaType, name, bytes, sha256 }) => ({
    format: format as OfferedFile['format'],
    fileId,
    mediaType,
    name,
    bytes: bytes ?? 0,
    sha256: sha256 ?? '',
  }));
}
