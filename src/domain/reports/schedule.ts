import { DomainError } from '../domain-error';
import { statesOf, type Transitions } from '../transitions';
import { firedWindows, type WindowsInput } from './calendar/due-windows';
import { requireFiringTimes, type ReportSchedule } from './calendar/firing-times';
import { requireFilters, requireFormats, requirePeriod, requireReportType } from './report-request';
import type { ReportFilters, ReportFormat } from './report-type';

export type ReportScheduleState = 'active' | 'paused' | 'ended';

/** Every transition that a schedule may make. */
export const scheduleTransitions: Transitions<ReportScheduleState> = {
  active: { paused: 'a pause, or three failures in a row', ended: 'nothing fires before `until` any more' },
  paused: { active: 'resumed', ended: 'resumed after `until`' },
  ended: {},
};

export const scheduleStates = statesOf<ReportScheduleState>(scheduleTransitions);

/** The number of schedules, active or paused, that a tenant may have. */
export const MAX_SCHEDULES = 50;
/** So many failed runs in a row pause a schedule. */
export const MAX_FAILURES = 3;

export type PausedFor = 'requested' | 'failing';
export type RunOutcome = 'made' | 'empty' | 'failed' | 'skipped';

/** When a schedule fires; every field is set. */
export type ScheduleTimes = Required<ReportSchedule>;

/**
 * Returns times with a change: `cron` takes the place of `at` and `on`, `at` that of `cron`, and another `period` has
 * its own default for `on`.
 * @throws DomainError as {@link requireFiringTimes}
 */
export function patchTimes(times: ScheduleTimes, patch: Partial<ReportSchedule>): ScheduleTimes {
  const { period = times.period, timeZone = times.timeZone } = patch;
  const kept = { at: times.at, on: period === times.period ? times.on : null, cron: times.cron };
  if (patch.cron) Object.assign(kept, { at: null, on: null });
  if (patch.at) kept.cron = null;
  const { at = kept.at, on = kept.on, cron = kept.cron } = patch;
  const patched = { period, timeZone, at, on, cron };
  requireFiringTimes(patched);
  return patched;
}

export interface ScheduleTerms {
  type: string;
  formats: readonly ReportFormat[];
  filters: ReportFilters;
  period: ReportSchedule['period'];
}

/** @throws DomainError `REPORT_TYPE_UNKNOWN`, `FORMAT_NOT_OFFERED`, `FILTER_NOT_OFFERED`, `PERIOD_INVALID` */
export function requireTerms({ type: name, formats, filters, period }: ScheduleTerms): void {
  const type = requireReportType(name);
  requireFormats(type, formats);
  requireFilters(type, filters);
  requirePeriod(type, period, '/period');
}

/**
 * A change of zone begins with a window that joins the old and the new, which some types are not made for.
 * @throws DomainError `SCHEDULE_INVALID`
 */
export function requireBridgeable({ type, from, to }: { type: string; from: string; to: string }): void {
  if (from === to || requireReportType(type).periods.includes('range')) return;
  throw new DomainError(
    'SCHEDULE_INVALID',
    `The windows of ${type} join in one zone, ${from}: make another schedule for ${to}.`,
    { pointer: '/timeZone' },
  );
}

/**
 * Returns the firing of the first window that is not reported, ISO 8601; null where it is after `until`.
 * @throws DomainError `SCHEDULE_NEVER_FIRES`
 */
export function nextAtOf({ until, ...input }: WindowsInput & { until: Date | null }): Date | null {
  const nextAt = new Date(firedWindows(input).next().value.firedAt);
  return until && nextAt > until ? null : nextAt;
}

/** The instant of the schedule's first report lies behind its end. */
export const neverFires = (until: Date): DomainError =>
  new DomainError('SCHEDULE_NEVER_FIRES', `Nothing is due until ${until.toISOString()}: send a later until.`, {
    pointer: '/until',
  });
