import type { ClientSession } from 'mongoose';
import type { BackfillStep } from '../../../contracts/reports/report-schedules';
import type { Actor } from '../../../domain/actor';
import { newId } from '../../../domain/ids';
import { windowsInRange } from '../../../domain/reports/calendar/missing-windows';
import { forNextReport } from '../../../domain/reports/delivery/recipients';
import type { ReportWindow } from '../../../domain/reports/calendar/window';
import type { Database } from '../../../models/database';
import type { RunSummary } from '../../../models/reports/report-run';
import type { ReportScheduleRow } from '../../../models/reports/report-schedule';
import { claimEntity } from '../../claim-entity';
import { createClock } from '../../clock';
import { acceptReport } from '../accept-report';
import { acceptOrRefuse, orderOf, type WindowOrder } from './accept-due-of';
import { countEndedWindow, finishAccepting, ofBackfill, runningOf } from './backfill-operation';
import { missingOf } from './missing-of';
import { findReported, findRun, writeRun } from './write-run';

export interface BackfillReportsInput extends BackfillStep {
  database: Database;
  /** Called before each window; throws once the work is no longer wanted. */
  onWindow?: () => void;
}

/**
 * Accepts the missing reports of a backfill, oldest first. Each window is one transaction that writes its run and its
 * report and moves the operation behind it: a repeat goes on after the last one. Returns the number of reports.
 * @throws DomainError `NOT_FOUND` for an operation that nobody ordered, `ENTITY_NOT_OURS`
 */
export async function backfillReports({ onWindow, ...input }: BackfillReportsInput): Promise<number> {
  const { database, tenantId, operationId, chain } = input;
  const key = { database, tenantId, entityType: 'operation', entityId: operationId } as const;
  const { state, backfill, reached, by } = await claimEntity({ ...key, chain, where: ofBackfill });
  if (state !== 'running' || !backfill) return 0;
  const schedule = await database.models.reportSchedules
    .findOne({ _id: backfill.scheduleId, tenantId })
    .lean<ReportScheduleRow>();
  // A schedule that is deleted ends its backfill.
  if (!schedule) return 0;
  const offsetMs = await createClock({ database }).offsetMs(tenantId);
  const at = new Date(Date.now() + offsetMs);
  const windows = windowsInRange({ ...backfill, ...backfill.dates, now: at.toISOString() });
  const missing = await missingOf({ database, schedule, windows });
  let accepted = 0;
  for (const window of missing.filter(({ endAt }) => new Date(endAt) > reached)) {
    onWindow?.();
    const count = await acceptWindow({ ...input, by, schedule, window, deliver: backfill.deliver, at, offsetMs });
    if (count === null) return accepted;
    accepted += count;
  }
  await finishAccepting({ database, tenantId, operationId, chain, at });
  return accepted;
}

interface AcceptWindowInput extends BackfillStep {
  database: Database;
  by: Actor;
  schedule: ReportScheduleRow;
  window: ReportWindow;
  deliver: boolean;
  at: Date;
  offsetMs: number;
}

/** Returns the number of reports, none or one; null where the operation has ended. */
async function acceptWindow(input: AcceptWindowInput): Promise<number | null> {
  const { database, schedule, window, at } = input;
  const order = await orderOf({ database, schedule, due: { outcome: 'make', window }, at });
  return acceptOrRefuse(order, (wanted) =>
    database.inTransaction((session) => writeWindow({ ...input, session, order: wanted })),
  );
}

interface WriteWindowInput extends AcceptWindowInput {
  session: ClientSession;
  order: WindowOrder;
}

async function writeWindow({ order, ...input }: WriteWindowInput): Promise<number | null> {
  const { database, session, window, deliver, at, offsetMs, tenantId, operationId, correlationId, by } = input;
  // As it stands now: who was taken off meanwhile is not mailed.
  const schedule = await database.models.reportSchedules
    .findOne({ _id: input.schedule._id, tenantId })
    .session(session)
    .lean<ReportScheduleRow>();
  if (!schedule) return null;
  const before = await findRun({ ...input, schedule }, window);
  // A part of the window was triggered meanwhile, or is being reported.
  const isMissing = (await findReported({ ...input, schedule }, window)).length === 0;
  const { matchedCount } = await database.models.operations.updateOne(
    runningOf(input),
    {
      // An attempt that is slower than its repeat does not take the operation back.
      $max: { reached: new Date(window.endAt) },
      $set: { updatedAt: at },
      $inc: { 'backfill.accepted': isMissing ? 1 : 0, version: 1 },
    },
    { session },
  );
  // The schedule was deleted, or the workflow was ended from outside.
  if (matchedCount === 0) return null;
  if (!isMissing || !order) return 0;
  const run = { database, session, schedule, before };
  const standing: RunSummary = { window, outcome: null, reason: null, reportId: null, at };
  if ('refusal' in order) {
    await writeRun({ ...run, standing: { ...standing, outcome: 'failed', reason: order.refusal } });
    await countEndedWindow({ database, session, tenantId, operationId, at });
    return 0;
  }
  const reportId = newId('report');
  await writeRun({ ...run, standing: { ...standing, reportId }, operationId });
  await acceptReport({
    database,
    session,
    tenantId,
    reportId,
    order: {
      ...order,
      backfill: true,
      ...(deliver ? { deliverTo: forNextReport(schedule.deliverTo ?? []), deliveryGroup: operationId } : {}),
    },
    correlationId,
    by,
    at,
    offsetMs,
  });
  return 1;
}
