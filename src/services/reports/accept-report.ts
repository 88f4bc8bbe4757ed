import type { ClientSession } from 'mongoose';
import { reportProcess } from '../../contracts/reports/process';
import type { Actor } from '../../domain/actor';
import { newId } from '../../domain/ids';
import type { ReportWindow } from '../../domain/reports/calendar/window';
import type { Recipient } from '../../domain/reports/delivery/recipients';
import type { ReportFilters, ReportFormat } from '../../domain/reports/report-type';
import type { Database } from '../../models/database';
import type { OutboxRow } from '../../models/outbox-row';
import type { Report } from '../../models/reports/report';
import { acceptEntities } from '../accept-entity';
import { continueStatements } from './continue-statements';

/** What a report is asked for; every rule has been checked. */
export interface ReportOrder {
  type: string;
  window: ReportWindow;
  /** False for a window that is not over. */
  complete: boolean;
  filters: ReportFilters;
  formats: readonly ReportFormat[];
  asOf: Date;
  /** True where no `asOf` was asked for, so that a statement shares that of one which exists. Defaults to false. */
  sharesAsOf?: boolean;
  expectedRows: number;
  /** The report that this one is remade from. */
  supersedes?: string;
  backfill?: boolean;
  /** The schedule that orders it. */
  scheduleId?: string;
  deliverTo?: readonly Recipient[];
  /** The reports that it is delivered together with; defaults to itself alone. */
  deliveryGroup?: string;
}

export interface AcceptReportInput {
  database: Database;
  session: ClientSession;
  tenantId: string;
  order: ReportOrder;
  /** Defaults to a new id. */
  reportId?: string;
  correlationId: string;
  by: Actor;
  /** The tenant's time. */
  at: Date;
  /** The tenant's lead over real time, in milliseconds. */
  offsetMs: number;
  startDelayMs?: number;
}

export interface AcceptedReport {
  report: Report;
  row: OutboxRow;
}

/**
 * Writes an accepted report, its first event and the start of its process, inside the caller's transaction.
 * @throws DomainError for a statement as `continueStatements`
 */
export async function acceptReport({
  reportId = newId('report'),
  order,
  ...input
}: AcceptReportInput): Promise<AcceptedReport> {
  const [accepted] = await acceptReports({ ...input, orders: [{ reportId, order }] });
  return accepted!;
}

export interface AcceptReportsInput extends Omit<AcceptReportInput, 'reportId' | 'order'> {
  /** At most one of them is a statement: the next one joins what has been written. */
  orders: readonly { reportId: string; order: ReportOrder }[];
}

/**
 * Does what {@link acceptReport} does for some reports, with as many commands as for one.
 * @throws DomainError for a statement as `continueStatements`
 */
export async function acceptReports({ orders, ...input }: AcceptReportsInput): Promise<AcceptedReport[]> {
  const reports: Report[] = [];
  for (const ordered of orders) reports.push(await reportOf({ ...input, ...ordered }));
  const accepted = await acceptEntities({
    ...input,
    process: reportProcess,
    entities: reports,
    event: ({ type, window: { from, to } }) => ({ type: 'report.accepted', data: { type, from, to } }),
  });
  return accepted.map(({ row }, place) => ({ report: reports[place]!, row }));
}

/** Returns the report of an order, as it begins. */
async function reportOf({
  database,
  session,
  tenantId,
  reportId,
  order: {
    supersedes,
    scheduleId,
    deliverTo = [],
    deliveryGroup,
    backfill = false,
    sharesAsOf = false,
    formats,
    ...order
  },
  correlationId,
  at,
  offsetMs,
}: Omit<AcceptReportInput, 'reportId'> & { reportId: string }): Promise<Report> {
  const isScheduled = scheduleId !== undefined;
  const times = await continueStatements({ database, session, tenantId, ...order, sharesAsOf, isScheduled });
  return {
    _id: reportId,
    tenantId,
    state: 'accepted',
    version: 1,
    chain: null,
    correlationId,
    createdAt: at,
    updatedAt: at,
    ...order,
    ...times,
    formats: [...formats],
    offsetMs,
    waiting: false,
    backfill,
    scheduleId: scheduleId ?? null,
    deliverTo: [...deliverTo],
    deliveryGroup: deliverTo.length === 0 ? null : (deliveryGroup ?? reportId),
    mailed: false,
    progress: { section: null, rows: 0 },
    figures: null,
    series: null,
    rowCount: null,
    dataDigest: null,
    files: [],
    warnings: [...times.orderWarnings],
    failure: null,
    supersedes: supersedes ?? null,
    changes: null,
    endedAt: null,
  };
}
