import { DomainError } from '../../domain-error';
import { requireTimeZone } from '../../values/time-zone';
import { parseCron } from './cron';
import { dateOf, dayNumberOf, weekdayOf } from './dates';
import type { LocalTimes } from './local-times';
import type { PeriodKind } from './period';

export const schedulePeriods = ['day', 'week', 'month', 'quarter'] as const satisfies readonly PeriodKind[];
export type SchedulePeriod = (typeof schedulePeriods)[number];

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof weekdays)[number];

/** A schedule of reports, as far as its calendar needs it: either `at`, with or without `on`, or `cron`. */
export interface ReportSchedule {
  /** The kind of windows that it reports. Without `cron` it also fires once in each. */
  period: SchedulePeriod;
  /** IANA name. */
  timeZone: string;
  /** Local time, `HH:MM`. */
  at?: string | null;
  /**
   * By period: `week` a weekday, Monday by default; `month` a day from 1 to 31, the first by default, and `quarter`
   * such a day of the quarter's first month. Short months use their last day.
   */
  on?: Weekday | number | null;
  /** Five fields in local time. See {@link parseCron}. */
  cron?: string | null;
}

/**
 * Returns the local times at which a schedule fires.
 * @throws DomainError `TIME_ZONE_UNKNOWN`; pointing at the field, `SCHEDULE_INVALID`, `CRON_INVALID`,
 *   `SCHEDULE_TOO_OFTEN` and `SCHEDULE_NEVER_FIRES`
 */
export function requireFiringTimes(schedule: ReportSchedule): LocalTimes {
  requireTimeZone(schedule.timeZone);
  const { at, on = null, cron, period } = schedule;
  if (cron) {
    if (at) throw invalid('/at', 'at and cron exclude each other: send only one of them.');
    if (on !== null) throw invalid('/on', 'on belongs to at and says nothing beside cron: leave it out.');
    return parseCron(cron);
  }
  if (!at) throw invalid('/at', 'The time is missing: send at, such as 06:00, or cron.');
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(at) ?? [];
  if (!hour) throw invalid('/at', `"${at.slice(0, 40)}" is no local time such as 06:00.`);
  return { fallsOn: days[period](on), hours: [Number(hour)], minute: Number(minute) };
}

const days: Readonly<Record<SchedulePeriod, (on: Weekday | number | null) => LocalTimes['fallsOn']>> = {
  day: (on) => {
    if (on === null) return () => true;
    throw invalid('/on', 'A daily schedule has no on: leave it out.');
  },
  week: (on) => {
    const weekday = weekdays.indexOf((on ?? 'monday') as Weekday) + 1;
    if (weekday > 0) return (dayNumber) => weekdayOf(dayNumber) === weekday;
    throw invalid('/on', `on is ${on}: send the weekday of a weekly schedule, such as monday.`);
  },
  month: dayOfMonth,
  quarter: (on) => {
    const isDay = dayOfMonth(on);
    return (dayNumber) => (dateOf(dayNumber).month - 1) % 3 === 0 && isDay(dayNumber);
  },
};

function dayOfMonth(on: Weekday | number | null): LocalTimes['fallsOn'] {
  const day = on ?? 1;
  if (typeof day !== 'number' || !Number.isInteger(day) || day < 1 || day > 31)
    throw invalid('/on', `on is ${on}: send a day from 1 to 31; short months use their last.`);
  return (dayNumber) => {
    const date = dateOf(dayNumber);
    const lastDay = dayNumberOf({ ...date, month: date.month + 1, day: 0 });
    return date.day === day || (dayNumber === lastDay && date.day < day);
  };
}

const invalid = (pointer: string, detail: string): DomainError =>
  new DomainError('SCHEDULE_INVALID', detail, { pointer });
