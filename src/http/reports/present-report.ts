import type { ReportWindow } from '../../domain/reports/calendar/window';
import type { Recipient } from '../../domain/reports/delivery/recipients';
import { percentOf } from '../../domain/reports/report';
import { requireReportType, offeredFormats } from '../../domain/reports/report-request';
import type { ReportType } from '../../domain/reports/report-type';
import type { Report } from '../../models/reports/report';
import type { components } from '../generated/openapi-types';

type Presented = components['schemas']['Report'];

/** Returns a report as the API shows it. */
export function presentReport(report: Report): Presented {
  const { _id: id, type, state, window, complete, expectedRows: of, progress, figures, files } = report;
  return {
    id,
    type,
    state,
    window: presentWindow(window, complete),
    filters: report.filters,
    formats: report.formats,
    asOf: report.asOf.toISOString(),
    progress: {
      percent: percentOf({ state, rows: progress.rows, of, reached: progress.reached }),
      section: progress.section,
      rows: progress.rows,
      of,
    },
    dataDigest: report.dataDigest,
    rowCount: report.rowCount,
    figures: figures && presentFigures(requireReportType(type), figures),
    series: report.series?.map(({ points, ...series }) => ({ ...series, points: [...points] })) ?? null,
    // What is not whole is never offered.
    files: state === 'completed' ? files.map(({ fileId: _fileId, ...file }) => file) : [],
    warnings: report.warnings,
    failure: report.failure,
    scheduleId: report.scheduleId,
    deliverTo: presentRecipients(report.deliverTo),
    supersedes: report.supersedes,
    changes: report.changes,
    waitingFor: report.waiting ? { what: 'slot', until: null } : null,
    createdAt: report.createdAt.toISOString(),
    updatedAt: report.updatedAt.toISOString(),
    endedAt: report.endedAt?.toISOString() ?? null,
  };
}

/** Returns the addresses that reports are mailed to as the API shows them. */
export const presentRecipients = (recipients: readonly Recipient[] = []): components['schemas']['ReportRecipient'][] =>
  recipients.map(({ emailKey: _emailKey, at, ...recipient }) => ({ ...recipient, at: at?.toISOString() ?? null }));

/** Returns a window as the API shows it. */
export const presentWindow = (window: ReportWindow, complete: boolean): components['schemas']['ReportWindow'] => ({
  ...window,
  complete,
});

function presentFigures(type: ReportType, figures: NonNullable<Report['figures']>): NonNullable<Presented['figures']> {
  const units = new Map(type.figures.map(({ id, unit }) => [id, unit]));
  return figures.map((figure) => ({ ...figure, unit: units.get(figure.id) ?? 'count' }));
}

/** Returns a type with the definition of each of its figures. */
export function presentReportType({ sections: _sections, ...type }: ReportType): components['schemas']['ReportType'] {
  return {
    ...type,
    periods: [...type.periods],
    filters: [...type.filters],
    formats: [...offeredFormats],
    figures: [...type.figures],
    columns: [...type.columns],
  };
}
