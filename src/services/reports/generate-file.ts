import { DomainError } from '../../domain/domain-error';
import type { ReportWindow } from '../../domain/reports/calendar/window';
import type { FileStore } from '../../domain/reports/file-store';
import type { RenderInput, RenderReport } from '../../domain/reports/render-input';
import { requireReportType } from '../../domain/reports/report-request';
import { csvSettingsOf } from '../../domain/reports/report-settings';
import type { ReportFormat } from '../../domain/reports/report-type';
import { tenantOf } from '../../domain/tenant';
import type { Database } from '../../models/database';
import type { Report } from '../../models/reports/report';
import { findEntity } from '../find-entity';
import { beginFile, finishFile } from './files';
import { gathererOf } from './gather-scope';
import { readRows } from './parts';

export interface GenerateFileInput {
  database: Database;
  fileStore: FileStore;
  renderReport: RenderReport;
  tenantId: string;
  reportId: string;
  chain: string;
  format: ReportFormat;
  signal: AbortSignal;
}

/**
 * Renders a report in one format and writes the file. One that is ready is left as it is; one of a killed writer is
 * given up and swept.
 * @throws DomainError `ENTITY_NOT_OURS` where the report is not being rendered by this chain any more
 */
export async function generateFile(input: GenerateFileInput): Promise<void> {
  const { database, fileStore, renderReport, tenantId, reportId, chain, format, signal } = input;
  const report = await findEntity({ database, tenantId, entityType: 'report', entityId: reportId });
  if (report.chain !== chain || report.state !== 'rendering')
    throw new DomainError('ENTITY_NOT_OURS', `report ${reportId} is not being rendered by this run`);
  const about = { database, tenantId, reportId, format };
  const rendered = renderReport(format, await renderInputOf(database, report));
  const file = await beginFile({ ...about, name: fileNameOf(report, format), mediaType: rendered.mediaType });
  if (file.state === 'ready') return;
  const written = await fileStore.write({ key: file._id, stream: rendered.bytes, signal });
  const warnings = rendered.warnings();
  await database.inTransaction(async (session) => {
    await finishFile({ database, tenantId, fileId: file._id, ...written, session });
    const { matchedCount } = await database.models.reports.updateOne(
      { _id: reportId, tenantId, chain, state: 'rendering' },
      { $addToSet: { warnings: { $each: [...warnings] } }, $set: { 'progress.section': format }, $inc: { version: 1 } },
      { session },
    );
    if (matchedCount === 0)
      throw new DomainError('ENTITY_NOT_OURS', `report ${reportId} is not being rendered by this run`);
  });
}

/**
 * Returns a name made of the type and the window alone, such as `payments-2026-03.csv`. A bridge is named by its
 * instants in UTC: `payments-20270503T220000Z_20270504T040000Z.csv`.
 */
export const fileNameOf = ({ type, window }: Pick<Report, 'type' | 'window'>, format: ReportFormat): string =>
  `${type}-${window.period ?? spanOf(window)}.${format}`;

function spanOf({ from, to, startAt, endAt, bridge }: ReportWindow): string {
  if (!bridge) return `${from}_${to}`;
  const [start, end] = [startAt, endAt].map((instant) => `${instant.slice(0, 19).replaceAll(/[-:]/g, '')}Z`);
  return `${start}_${end}`;
}

async function renderInputOf(database: Database, report: Report): Promise<RenderInput> {
  const { _id: reportId, tenantId, window, complete, filters, asOf, dataDigest, rowCount, figures, series } = report;
  const { partnerId, mode } = tenantOf(tenantId);
  const partner = await database.models.partners.findById(partnerId, { name: 1, reports: 1 }).lean().orFail();
  const type = requireReportType(report.type);
  const { sections } = type;
  const own = gathererOf(report.type).rowsOfFigures?.(figures ?? []);
  return {
    type,
    report: {
      id: reportId,
      partnerName: partner.name,
      mode,
      window,
      complete,
      filters,
      asOf: asOf.toISOString(),
      dataDigest: dataDigest ?? '',
      rowCount: rowCount ?? 0,
      // Alike in every format; those that one of them adds stand in the report.
      warnings: report.orderWarnings ?? [],
    },
    content: { figures: figures ?? [], series: series ?? [] },
    async *rows() {
      if (own) yield own;
      else yield* readRows({ database, tenantId, reportId, sections });
    },
    csv: csvSettingsOf(partner.reports),
    formats: report.formats,
  };
}
