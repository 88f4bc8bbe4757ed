import { isMadeReport } from '../../domain/reports/report';
import { changesBetween, type ReportChange } from '../../domain/reports/report-changes';
import type { Figure, Series } from '../../domain/reports/report-content';
import { requireReportType } from '../../domain/reports/report-request';
import type { Database } from '../../models/database';
import type { Report } from '../../models/reports/report';
import { findEntity } from '../find-entity';
import { gathererOf, scopeOf } from './gather-scope';
import { digestOf, findLastPart, readTexts } from './parts';

export interface AssembleReportInput {
  database: Database;
  tenantId: string;
  reportId: string;
}

type Assembled = Pick<Report, 'figures' | 'series' | 'rowCount' | 'dataDigest' | 'changes'>;

/** Returns the figures of a report whose sections are complete, with the digest of all that it says. */
export async function assembleReport({ database, tenantId, reportId }: AssembleReportInput): Promise<Assembled> {
  const report = await findEntity({ database, tenantId, entityType: 'report', entityId: reportId });
  const { sections } = requireReportType(report.type);
  const gatherer = gathererOf(report.type);
  const scope = await scopeOf({ database, report });
  const figures: Figure[] = [];
  const series: Series[] = [];
  for (const section of sections) {
    const last = await findLastPart({ database, tenantId, reportId, section });
    const content = gatherer.sections[section]!.contentOf(last!.state, scope);
    figures.push(...content.figures);
    series.push(...content.series);
  }
  const own = gatherer.rowsOfFigures?.(figures).map((row) => JSON.stringify(row));
  let rowCount = own?.length ?? 0;
  const counted = async function* () {
    if (own) yield Buffer.from(own.join('\n'));
    for await (const { bytes, rowCount: more } of readTexts({ database, tenantId, reportId, sections })) {
      rowCount += more;
      yield bytes;
    }
  };
  const dataDigest = await digestOf({ content: { figures, series }, texts: counted() });
  return { figures, series, rowCount, dataDigest, changes: await changesOf({ database, report, figures }) };
}

/** The most reports that are looked through for one that was made: more in a row have not failed. */
const MAX_STEPS_BACK = 100;

/** Returns the figures that differ from those of the last report before it that was made; null where there is none. */
export async function changesOf({
  database,
  report: { tenantId, supersedes },
  figures,
}: Pick<AssembleReportInput, 'database'> & {
  report: Pick<Report, 'tenantId' | 'supersedes'>;
  figures: readonly Figure[];
}): Promise<ReportChange[] | null> {
  let _id = supersedes;
  for (let steps = 0; _id !== null && steps < MAX_STEPS_BACK; steps += 1) {
    const before = await database.models.reports
      .findOne({ _id, tenantId }, { state: 1, figures: 1, supersedes: 1 })
      .lean();
    if (before && isMadeReport(before.state)) return before.figures && changesBetween(before.figures, figures);
    _id = before?.supersedes ?? null;
  }
  return null;
}
