import type { ClientSession } from 'mongoose';
import type { Actor } from '../../../domain/actor';
import { DomainError } from '../../../domain/domain-error';
import { changeTimes, type CatchUp } from '../../../domain/reports/calendar/due-windows';
import { recipientsOf, requireRecipients, type RecipientRequest } from '../../../domain/reports/delivery/recipients';
import type { ReportSchedule } from '../../../domain/reports/calendar/firing-times';
import type { ReportFilters, ReportFormat } from '../../../domain/reports/report-type';
import {
  neverFires,
  nextAtOf,
  patchTimes,
  requireBridgeable,
  requireTerms,
  type ScheduleTimes,
} from '../../../domain/reports/schedule';
import type { Database } from '../../../models/database';
import type { ReportScheduleRow } from '../../../models/reports/report-schedule';
import { applyStep } from '../../apply-step';
import { closeGroup } from '../delivery/deliver-reports';
import { findUnsubscribed } from '../delivery/subscriptions';
import { findReported } from './write-run';

/** A change of a schedule; a field that is left out stays. */
export interface SchedulePatch extends Partial<ReportSchedule> {
  formats?: readonly ReportFormat[];
  filters?: ReportFilters;
  catchUp?: CatchUp;
  skipEmpty?: boolean;
  until?: string | null;
  deliverTo?: readonly RecipientRequest[];
}

export interface ScheduleChangeInput {
  database: Database;
  session: ClientSession;
  /** The schedule as the transaction sees it. */
  schedule: ReportScheduleRow;
  by: Actor;
  /** The tenant's time. */
  at: Date;
  /** The tenant's lead over real time, in milliseconds. */
  offsetMs: number;
}

export const timesOf = ({ period, timeZone, at, on, cron }: ReportScheduleRow): ScheduleTimes => ({
  period,
  timeZone,
  at,
  on,
  cron,
});

/** @throws DomainError `SCHEDULE_ENDED` */
export function requireNotEnded({ state }: ReportScheduleRow): void {
  if (state !== 'ended') return;
  throw new DomainError('SCHEDULE_ENDED', 'The schedule has ended and cannot be changed: make another one.');
}

/**
 * Changes a schedule within the caller's transaction. Its windows go on where the last one ended: a new zone or period
 * begins with a bridge, and new times make nothing late, because they apply from now on: what has fired by the times
 * before is left to the sweep as it was.
 * @throws DomainError `SCHEDULE_ENDED`, and as `acceptSchedule`
 */
export async function changeSchedule(
  input: ScheduleChangeInput & { patch: SchedulePatch },
): Promise<ReportScheduleRow> {
  const { database, session, schedule, patch, by, at, offsetMs } = input;
  requireNotEnded(schedule);
  const before = timesOf(schedule);
  const times = patchTimes(before, patch);
  const { formats = schedule.formats, filters = schedule.filters } = patch;
  const { catchUp = schedule.catchUp, skipEmpty = schedule.skipEmpty } = patch;
  requireTerms({ type: schedule.type, formats, filters, period: times.period });
  requireBridgeable({ type: schedule.type, from: before.timeZone, to: times.timeZone });
  const deliverTo = await changedRecipients(input, formats);
  const until = untilOf(schedule, patch);
  const isMoved = JSON.stringify(times) !== JSON.stringify(before);
  const windows = isMoved ? await changedWindows(input, times) : windowsOf(schedule);
  const nextAt = nextAtOf({ ...windows, until });
  if (until && !nextAt) throw neverFires(until);
  const set = {
    ...times,
    formats: [...formats],
    filters,
    catchUp,
    skipEmpty,
    deliverTo,
    until,
    reportedUntil: new Date(windows.reportedUntil),
    changedAt: new Date(windows.changedAt),
    earlierTimes: [...windows.earlierTimes],
    openGroup: null,
    ...(schedule.state === 'active' ? firingAt(nextAt, offsetMs) : {}),
  };
  const { _id: entityId, tenantId, version } = schedule;
  const step = await applyStep(
    database,
    {
      tenantId,
      entityType: 'report_schedule',
      entityId,
      // Each version can be left only once: a slower writer conflicts, and its retry starts from the next version.
      step: `update/${version}`,
      from: [schedule.state],
      set,
      at: at.toISOString(),
      by,
      event: { type: 'report_schedule.updated', data: { fields: Object.keys(patch) } },
    },
    session,
  );
  await closeGroup(input);
  return { ...schedule, ...set, version: step.version, updatedAt: new Date(step.at) };
}

/** Returns the windows of new times; those that have fired by the times before, and that no sweep came to, stay. */
async function changedWindows(input: ScheduleChangeInput, times: ScheduleTimes) {
  const before = { ...windowsOf(input.schedule), reportedUntil: await endOfReported(input) };
  return changeTimes(before, { schedule: times, at: input.at.toISOString() });
}

/**
 * Returns the instant from which the windows of new times go on: behind those that were triggered before the sweep came
 * to them.
 */
async function endOfReported(input: ScheduleChangeInput): Promise<string> {
  let end = input.schedule.reportedUntil.toISOString();
  for (;;) {
    const [reported] = await findReported(input, { startAt: end, endAt: new Date(Date.parse(end) + 1).toISOString() });
    if (!reported) return end;
    end = reported.window.endAt;
  }
}

async function changedRecipients(
  { database, session, schedule, patch }: ScheduleChangeInput & { patch: SchedulePatch },
  formats: readonly ReportFormat[],
) {
  const { _id: scope, tenantId, deliverTo: before = [] } = schedule;
  const { deliverTo } = patch;
  requireRecipients({ deliverTo: deliverTo ?? before, formats });
  if (!deliverTo) return before;
  const emails = deliverTo.map(({ email }) => email);
  const unsubscribed = await findUnsubscribed({ database, session, tenantId, scope, emails });
  return recipientsOf({ deliverTo, unsubscribed, before });
}

function untilOf({ until }: ReportScheduleRow, patch: SchedulePatch): Date | null {
  if (patch.until === undefined) return until;
  return patch.until === null ? null : new Date(patch.until);
}

/** Returns the fields by which the windows of a schedule go on. */
export const windowsOf = (schedule: ReportScheduleRow) => ({
  schedule: timesOf(schedule),
  reportedUntil: schedule.reportedUntil.toISOString(),
  changedAt: schedule.changedAt.toISOString(),
  earlierTimes: schedule.earlierTimes ?? [],
});

/** Returns the fields with the next firing of a schedule. */
export const firingAt = (nextAt: Date | null, offsetMs: number) => ({
  nextAt,
  dueAt: nextAt && new Date(nextAt.getTime() - offsetMs),
});
