import type { ReportStepInput } from './advance-report';
import { applyStep } from '../apply-step';
import type { ReportState } from '../../domain/reports/report';
import { FileDamaged, type FileStore } from '../../domain/reports/file-store';
import type { ReportFile } from '../../models/reports/file';
import { findEntity } from '../find-entity';
import { stepOfReport } from './end-report';
import { readReportFile } from './files';
import { damaged, readyFilesOf } from './offered-files';

export interface CheckFilesInput extends ReportStepInput {
  fileStore: FileStore;
  /** Called after every piece; throws to end the work. */
  onPiece: () => void;
}

/**
 * Reads every file of a report back and compares it with what was written.
 * @throws DomainError `FILE_DAMAGED`
 */
export async function checkFiles({ database, fileStore, onPiece, ...step }: CheckFilesInput): Promise<void> {
  const { tenantId, reportId } = step;
  await applyStep(database, {
    ...stepOfReport(step),
    from: ['rendering'],
    to: 'storing',
    set: { 'progress.section': null, 'progress.reached': 'storing' satisfies ReportState },
    event: { type: 'report.rendered' },
  });
  const report = await findEntity({ database, tenantId, entityType: 'report', entityId: reportId });
  for (const file of await readyFilesOf({ database, report })) await readBack(file);

  async function readBack(file: ReportFile): Promise<void> {
    try {
      const pieces = await readReportFile({ database, store: fileStore, file, onDamaged: () => undefined });
      for await (const _piece of pieces) onPiece();
    } catch (error) {
      if (error instanceof FileDamaged) throw damaged(file.format);
      throw error;
    }
  }
}
