import type { ClientSession } from 'mongoose';
import { isId } from '../../domain/ids';
import type { Database } from '../../models/database';
import type { ReportWithoutPoints } from '../../models/reports/report';
import { notFound } from '../handler';
import type { Call } from '../pipeline/request-context';

export interface FindCalledReportInput {
  database: Pick<Database, 'models'>;
  call: Pick<Call<unknown, unknown, { reportId: string }>, 'tenantId' | 'params'>;
  session?: ClientSession;
}

/** Returns the report in a call's path. @throws DomainError `NOT_FOUND`, also for another tenant's */
export async function findCalledReport({
  database: { models },
  call: { tenantId, params },
  session,
}: FindCalledReportInput): Promise<ReportWithoutPoints> {
  const { reportId } = params;
  const report = isId('report', reportId)
    ? await models.reports
        .findOne({ _id: reportId, tenantId }, { series: 0 })
        .session(session ?? null)
        .lean()
    : null;
  if (!report) throw notFound('report');
  return report;
}
