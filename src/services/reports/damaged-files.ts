import type { FileDamaged } from '../../domain/reports/file-store';
import type { Database } from '../../models/database';
import type { ReportFile } from '../../models/reports/file';
import { mendStuckItem, openStuckItem } from '../operator/stuck-items';

export interface DamagedFileInput {
  database: Database;
  tenantId: string;
  fileId: string;
}

export interface OnDamagedFileInput extends DamagedFileInput, Pick<ReportFile, 'reportId'> {
  format: string;
  log: (fields: object, message: string) => void;
}

/** Returns what logs the damage of a file that is read, and puts the file on the operator's list. It never rejects. */
export const onDamagedFile =
  ({ log, ...file }: OnDamagedFileInput): ((damage: FileDamaged) => Promise<void>) =>
  async (damage) => {
    const about = { reportId: file.reportId, format: file.format };
    log({ err: damage, ...about }, 'A stored file is damaged');
    try {
      await listDamagedFile(file);
    } catch (error) {
      log({ err: error, ...about }, "A damaged file could not be put on the operator's list");
    }
  };

/** Puts a file whose bytes are not those that were written on the operator's list. */
export async function listDamagedFile({
  database,
  tenantId,
  fileId,
  reportId,
  format,
}: DamagedFileInput & Pick<ReportFile, 'reportId'> & { format: string }): Promise<void> {
  await openStuckItem({
    database,
    kind: 'file_damaged',
    tenantId,
    entityType: 'report',
    entityId: reportId,
    subject: fileId,
    detail: `The stored ${format} file of the report is not as it was written, so its downloads break off.`,
  });
}

/** Returns true while the file is offered. */
export const isOffered = async ({ database, tenantId, fileId }: DamagedFileInput): Promise<boolean> =>
  (await database.models.files.exists({ _id: fileId, tenantId, state: 'ready' })) !== null;

/** Takes the damaged files of the report that a completed one was remade from off the operator's list. */
export async function mendRemadeFiles({
  database,
  tenantId,
  reportId,
}: Omit<DamagedFileInput, 'fileId'> & { reportId: string }): Promise<void> {
  const { reports } = database.models;
  const remade = await reports.findOne({ _id: reportId, tenantId, state: 'completed' }, { supersedes: 1 }).lean();
  // The one that was damaged may lie behind others that failed.
  for (let _id = remade?.supersedes; _id;) {
    const before = await reports.findOne({ _id, tenantId }, { files: 1, supersedes: 1 }).lean();
    for (const { fileId } of before?.files ?? [])
      await mendStuckItem({ database, kind: 'file_damaged', subject: fileId });
    _id = before?.supersedes;
  }
}
