import { previousWindow } from '../../domain/reports/calendar/window';
import type { Database } from '../../models/database';
import type { Report } from '../../models/reports/report';
import type { Gatherer, GatherScope } from './gather/gatherer';
import { gatherers } from './gather/gatherers';
import { requireReportType } from '../../domain/reports/report-request';

/** Returns what the gatherers of a report read. */
export const scopeOf = async ({
  database,
  report: { tenantId, window, filters, asOf, previousAsOf },
}: {
  database: Database;
  report: Pick<Report, 'tenantId' | 'window' | 'filters' | 'asOf' | 'previousAsOf'>;
}): Promise<GatherScope> => ({
  database,
  tenantId,
  window,
  before: previousWindow(window),
  filters,
  asOf,
  previousAsOf,
});

/** Returns the reading of a type of report. @throws DomainError `REPORT_TYPE_UNKNOWN` */
export const gathererOf = (type: string): Gatherer => gatherers[requireReportType(type).type as keyof typeof gatherers];
