import type { ClientSession } from 'mongoose';
import { DomainError } from '../../domain/domain-error';
import { recipientsOf, requireRecipients, type RecipientRequest } from '../../domain/reports/delivery/recipients';
import { windowOf } from '../../domain/reports/calendar/requested-window';
import { isComplete } from '../../domain/reports/calendar/window';
import {
  requireFilters,
  requireFormats,
  requireReportType,
  requireWindowOf,
} from '../../domain/reports/report-request';
import { hasReportEnded, MAX_ROWS } from '../../domain/reports/report';
import type { ReportFilters, ReportFormat } from '../../domain/reports/report-type';
import { tenantOf } from '../../domain/tenant';
import type { Database } from '../../models/database';
import type { Report, ReportWithoutPoints } from '../../models/reports/report';
import type { ReportOrder } from './accept-report';
import { findUnsubscribed } from './delivery/subscriptions';
import { gathererOf, scopeOf } from './gather-scope';

/** A report as a caller asks for it. */
export interface ReportRequest {
  type: string;
  period?: string;
  from?: string;
  to?: string;
  timeZone?: string;
  filters?: ReportFilters;
  formats: readonly ReportFormat[];
  asOf?: string;
  deliverTo?: readonly RecipientRequest[];
}

export interface OrderReportInput {
  database: Database;
  session: ClientSession;
  tenantId: string;
  request: ReportRequest;
  /** The tenant's time, by which a window is in the future. */
  at: Date;
  /** Real time, by which facts are recorded. */
  realNow: Date;
}

/**
 * Returns the order of a report that may be made as it is asked for.
 * @throws DomainError `REPORT_TYPE_UNKNOWN`, `FORMAT_NOT_OFFERED`, `FILTER_NOT_OFFERED`, `AS_OF_INVALID`,
 *   `PERIOD_INVALID`, `RANGE_TOO_LONG`, `WINDOW_IN_FUTURE`, `TIME_ZONE_UNKNOWN`, `REPORT_TOO_LARGE`,
 *   `RECIPIENT_INVALID`
 */
export async function orderReport(input: OrderReportInput): Promise<ReportOrder> {
  const { database, session, tenantId, request, at, realNow } = input;
  const type = requireReportType(request.type);
  const { formats, filters = {}, deliverTo = [] } = request;
  requireFormats(type, formats);
  requireFilters(type, filters);
  requireRecipients({ deliverTo, formats });
  const asOf = requireAsOf(request.asOf, realNow);
  const timeZone = request.timeZone ?? (await findTimeZone({ database, session, tenantId }));
  const { period, from, to } = request;
  const window = windowOf({ period, from, to, timeZone, now: at.toISOString() });
  requireWindowOf(type, window);
  const asked = { tenantId, type: type.type, window, filters, formats };
  const emails = deliverTo.map(({ email }) => email);
  const unsubscribed = await findUnsubscribed({ database, session, tenantId, scope: type.type, emails });
  return {
    ...(await orderWindow({ database, asked, at, asOf })),
    sharesAsOf: request.asOf === undefined,
    deliverTo: recipientsOf({ deliverTo, unsubscribed }),
  };
}

/** @throws DomainError `REPORT_NOT_READY` for a report that is being made, which is not made again */
export function requireEnded({ state }: Pick<Report, 'state'>): void {
  if (hasReportEnded(state)) return;
  throw new DomainError('REPORT_NOT_READY', `The report is ${state}: wait for its end, or cancel it.`);
}

/** Returns the order that makes a report again, with what is recorded by now. */
export async function orderRemake({
  database,
  report,
  at,
  realNow,
}: Pick<OrderReportInput, 'database' | 'at' | 'realNow'> & { report: ReportWithoutPoints }): Promise<ReportOrder> {
  const { _id: supersedes, scheduleId } = report;
  const order = await orderWindow({ database, asked: report, at, asOf: realNow });
  return { ...order, supersedes, ...(scheduleId === null ? {} : { scheduleId }) };
}

/**
 * Returns the order of a report of a given window, with what is recorded up to `asOf`.
 * @throws DomainError `REPORT_TOO_LARGE`
 */
export async function orderWindow({
  database,
  asked: { tenantId, type, window, filters, formats },
  at,
  asOf,
  maxRows = MAX_ROWS,
}: Pick<OrderReportInput, 'database' | 'at'> & {
  asked: Pick<ReportOrder, 'type' | 'window' | 'filters' | 'formats'> & { tenantId: string };
  asOf: Date;
  /** The most rows that the report may have. */
  maxRows?: number;
}): Promise<ReportOrder> {
  const complete = isComplete(window, at.toISOString());
  const order = { type, window, filters, formats, asOf, complete };
  return { ...order, expectedRows: await countRows({ database, report: { ...order, tenantId }, maxRows }) };
}

function requireAsOf(asOf: string | undefined, realNow: Date): Date {
  if (asOf === undefined) return realNow;
  if (new Date(asOf) <= realNow) return new Date(asOf);
  throw new DomainError(
    'AS_OF_INVALID',
    `asOf is ${asOf}, and it is ${realNow.toISOString()} now: send an instant that has passed, or leave it out.`,
    { pointer: '/asOf' },
  );
}

/** Returns the time zone of a tenant's partner. */
export async function findTimeZone({
  database,
  session,
  tenantId,
}: Pick<OrderReportInput, 'database' | 'session' | 'tenantId'>) {
  const { timeZone } = await database.models.partners
    .findById(tenantOf(tenantId).partnerId, { timeZone: 1 })
    .session(session)
    .lean()
    .orFail();
  return timeZone;
}

type Counted = Pick<Report, 'tenantId' | 'type' | 'window' | 'filters' | 'asOf'>;

/** @throws DomainError `REPORT_TOO_LARGE` */
async function countRows({
  database,
  report,
  maxRows,
}: {
  database: Database;
  report: Counted;
  maxRows: number;
}): Promise<number> {
  const rows = await gathererOf(report.type).countRows(
    await scopeOf({ database, report: { ...report, previousAsOf: null } }),
  );
  if (rows <= maxRows) return rows;
  throw new DomainError(
    'REPORT_TOO_LARGE',
    `The report would have ${rows} rows, and ${maxRows} is the most: choose a shorter window, or filter it.`,
  );
}
