import { DomainError } from '../../../domain/domain-error';
import { forNextReport } from '../../../domain/reports/delivery/recipients';
import { windowOf } from '../../../domain/reports/calendar/requested-window';
import { parsePeriod } from '../../../domain/reports/calendar/period';
import {
  isComplete,
  periodContaining,
  previousWindow,
  type ReportWindow,
} from '../../../domain/reports/calendar/window';
import type { OutboxRow } from '../../../models/outbox-row';
import type { Report } from '../../../models/reports/report';
import { acceptReport } from '../accept-report';
import { orderWindow, requireEnded } from '../order-report';
import { requireNotEnded, type ScheduleChangeInput } from './change-schedule';
import { findRun, isReported, requireUnreported, writeRun } from './write-run';

export interface TriggerScheduleInput extends ScheduleChangeInput {
  /** A period of the schedule's kind; defaults to the last one that is over. */
  period?: string;
  /** Makes a window again that is reported already. */
  remake?: boolean;
  correlationId: string;
  startDelayMs?: number;
}

/**
 * Accepts the report of a window of a schedule within the caller's transaction, as the run of that window.
 * @throws DomainError `SCHEDULE_ENDED`, `PERIOD_INVALID`, `WINDOW_IN_FUTURE`, `WINDOW_REPORTED`, `REPORT_TOO_LARGE`;
 *   `REPORT_NOT_READY` to make a report again that is being made
 */
export async function triggerSchedule(input: TriggerScheduleInput): Promise<{ report: Report; row: OutboxRow }> {
  const { database, session, schedule, correlationId, by, at, offsetMs, startDelayMs, remake = false } = input;
  const { _id: scheduleId, tenantId } = schedule;
  const { reports } = database.models;
  requireNotEnded(schedule);
  const window = wantedWindow(input);
  const before = await findRun(input, window);
  const earlier = before && isReported(before) ? before.reportId : null;
  if (earlier === null) await requireUnreported(input, window);
  if (earlier !== null && !remake)
    throw new DomainError(
      'WINDOW_REPORTED',
      `The window is reported by ${earlier}: read it, or send remake to make it again.`,
    );
  if (earlier !== null) {
    const made = await reports.findOne({ _id: earlier, tenantId }, { state: 1 }).session(session).lean();
    if (made) requireEnded(made);
  }
  const order = await orderWindow({ database, asked: { ...schedule, window }, at, asOf: new Date() });
  const accepted = await acceptReport({
    database,
    session,
    tenantId,
    order: {
      ...order,
      scheduleId,
      sharesAsOf: earlier === null,
      deliverTo: forNextReport(schedule.deliverTo ?? []),
      ...(earlier === null ? {} : { supersedes: earlier }),
    },
    correlationId,
    by,
    at,
    offsetMs,
    startDelayMs,
  });
  const standing = { window, outcome: null, reason: null, reportId: accepted.report._id, at };
  await writeRun({ ...input, before, standing });
  return accepted;
}

function wantedWindow({ schedule, period, at }: TriggerScheduleInput): ReportWindow {
  const { period: kind, timeZone } = schedule;
  const now = at.toISOString();
  if (period === undefined) return previousWindow(periodContaining({ instant: now, kind, timeZone }));
  const window = windowOf({ period, timeZone, now });
  const sent = parsePeriod(period)?.kind;
  if (sent !== kind)
    throw new DomainError(
      'PERIOD_INVALID',
      `${period} is a ${sent}, and the schedule reports every ${kind}: send a ${kind}, or none for the last one.`,
      { pointer: '/period' },
    );
  if (isComplete(window, now)) return window;
  throw new DomainError('WINDOW_IN_FUTURE', `The window ends at ${window.endAt}, which is in the future.`, {
    pointer: '/period',
  });
}
