import { isSampleOf, samples, seedTimeOf, type SeedDocument } from './list-documents';

export interface ReportDocumentsInput {
  tenantId: string;
  /** Documents of each collection. */
  count: number;
  /** A report and a schedule that the API made, of which the seeds are copies. */
  templates: Record<'reports' | 'report_schedules', SeedDocument>;
  /** The values of the enums of openapi.yaml. */
  states: Record<'reports' | 'report_schedules', readonly string[]>;
}

/** Returns the document at an index of each collection of reports, which are spread over three months. */
export function reportDocuments({ tenantId, count, templates, states }: ReportDocumentsInput) {
  const idOf = (prefix: string, index: number): string => `${prefix}_0100${String(index).padStart(22, '0')}`;
  const scheduleId = String(templates.report_schedules._id);
  return {
    reports: (index: number): SeedDocument => {
      const at = seedTimeOf(index, count);
      return {
        ...templates.reports,
        _id: idOf('rpt', index),
        type: index % 4 === 0 ? 'payments' : 'summary',
        state: states.reports[index % states.reports.length],
        scheduleId: isSampleOf(index, count) ? samples.text : idOf('rsc', index),
        window: { ...(templates.reports.window as object), period: `2026-0${1 + (index % 9)}` },
        createdAt: at,
        updatedAt: at,
      };
    },
    report_schedules: (index: number): SeedDocument => {
      const at = seedTimeOf(index, count);
      const state = states.report_schedules[index % states.report_schedules.length];
      return { ...templates.report_schedules, _id: idOf('rsc', index), state, createdAt: at, updatedAt: at };
    },
    report_links: (index: number): SeedDocument => {
      const at = seedTimeOf(index, count);
      const link = {
        reportId: String(templates.reports._id),
        format: 'csv',
        tokenHash: `seed/${index}`,
        recipient: null,
      };
      const ends = {
        createdBy: templates.report_schedules.createdBy,
        expiresAt: new Date('2099-01-01T00:00:00Z'),
        revokedAt: null,
      };
      return { _id: idOf('rln', index), tenantId, ...link, ...ends, createdAt: at };
    },
    report_runs: (index: number): SeedDocument => {
      const startAt = seedTimeOf(index, count);
      const run = { window: templates.reports.window, outcome: 'made', reason: null, reportId: idOf('rpt', index) };
      return { _id: `${scheduleId}/${startAt.toISOString()}`, tenantId, scheduleId, startAt, at: startAt, ...run };
    },
  };
}
