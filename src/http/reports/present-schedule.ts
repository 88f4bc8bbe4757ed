import { upcoming } from '../../domain/reports/calendar/upcoming';
import type { RunSummary } from '../../models/reports/report-run';
import type { ReportScheduleRow } from '../../models/reports/report-schedule';
import { windowsOf } from '../../services/reports/schedules/change-schedule';
import type { components } from '../generated/openapi-types';
import { presentRecipients, presentWindow } from './present-report';

type Schemas = components['schemas'];

/** Returns a schedule as the API shows it. */
export function presentSchedule(schedule: ReportScheduleRow): Schemas['ReportSchedule'] {
  const { _id: id, type, state, pausedFor, period, at, on, cron, timeZone, formats, filters } = schedule;
  const { catchUp, skipEmpty, until, nextAt, lastRun, createdBy } = schedule;
  return {
    id,
    type,
    state,
    pausedFor,
    period,
    at,
    on,
    cron,
    timeZone,
    formats,
    filters,
    catchUp,
    skipEmpty,
    deliverTo: presentRecipients(schedule.deliverTo),
    until: until?.toISOString() ?? null,
    nextAt: nextAt?.toISOString() ?? null,
    lastRun: lastRun && presentRun(lastRun),
    createdBy,
    createdAt: schedule.createdAt.toISOString(),
    updatedAt: schedule.updatedAt.toISOString(),
  };
}

/** Returns what became of a window as the API shows it; a window is over before it has a run. */
export const presentRun = ({ window, outcome, reason, reportId, at }: RunSummary): Schemas['ReportRun'] => ({
  window: presentWindow(window, true),
  outcome,
  reason,
  reportId,
  at: at.toISOString(),
});

/** Returns the next firings of a schedule after an instant; none of one that is not active. */
export function presentUpcoming(schedule: ReportScheduleRow, from: Date, count: number): Schemas['UpcomingReport'][] {
  const { state, until } = schedule;
  if (state !== 'active') return [];
  return upcoming({ ...windowsOf(schedule), from: from.toISOString(), count })
    .filter(({ at }) => !until || new Date(at) <= until)
    .map(({ window, ...firing }) => ({ ...firing, window: window && presentWindow(window, false) }));
}
