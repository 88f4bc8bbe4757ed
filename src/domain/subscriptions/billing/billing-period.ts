import { Temporal } from 'temporal-polyfill';
import { DomainError } from '../../domain-error';
import { toZonedTime } from '../../values/time-zone';
import type { PlanInterval } from '../plan';
import { requireWithinHorizon } from './planning-horizon';

/*
 * Not for workflow code: temporal-polyfill adds 176 KB to the bundle, and the time-zone data of the running Node may
 * change between a run and its replay. Activities compute the dates; workflows wait for them. `import type` is safe
 * anywhere.
 *
 * Every boundary is computed from the anchor, never from the boundary before it: 31 Jan is followed by 28 Feb and then
 * 31 Mar. Boundaries have the same local time all year. Where a change of the clocks makes that time
 * - not exist (spring), the boundary is as much later as the clocks jump: 02:30 becomes 03:30 on that day only;
 * - occur twice (autumn), the boundary is its first occurrence
 * (RFC 5545 §3.3.5; "compatible" in ECMAScript's Temporal).
 * Where a zone skips a whole day (Apia, 30 Dec 2011), that day's period of a daily plan is empty and must not be
 * charged: its proration throws `PERIOD_EMPTY`.
 */

export interface BillingSchedule {
  /**
   * The instant at which billing begins, ISO 8601: the start, or the end of the trial. Fractions of a second are
   * dropped.
   */
  startAt: string;
  /** IANA name, such as `Europe/Berlin`. */
  timeZone: string;
  interval: PlanInterval;
  intervalCount: number;
  /** 1–31, months and years only. A start on another day is followed by a shorter first period up to the anchor day. */
  anchorDay?: number | null;
  /**
   * The local time of the boundaries after the first, `HH:MM:SS`. Defaults to that of `startAt`, which differs from it
   * where `startAt` is a boundary that a change of the clocks moved.
   */
  anchorTime?: string | null;
}

/** Half-open, `[startAt, endAt)`; instants in UTC. */
export interface BillingPeriod {
  /** 0 for the first. */
  index: number;
  startAt: string;
  endAt: string;
  /**
   * The instant at which a full period ending at `endAt` would have begun: differs from `startAt` only for a shorter
   * first period.
   */
  fullStartAt: string;
}

/** Throws `TIME_ZONE_UNKNOWN`, `INSTANT_INVALID`, `ANCHOR_DAY_INVALID` or `INTERVAL_INVALID`. */
export function requireSchedule(schedule: BillingSchedule): BillingSchedule {
  const { anchorDay = null, interval, intervalCount, startAt, timeZone } = schedule;
  toZoned(startAt, timeZone);
  if (!Number.isInteger(intervalCount) || intervalCount < 1) {
    throw new DomainError('INTERVAL_INVALID', `intervalCount is ${intervalCount}: send a whole number from 1.`, {
      pointer: '/intervalCount',
    });
  }
  if (anchorDay !== null) {
    const pointer = '/anchorDay';
    if (interval === 'day' || interval === 'week') {
      throw new DomainError(
        'ANCHOR_DAY_INVALID',
        `anchorDay fits plans by month or year, not by ${interval}: leave it out.`,
        { pointer },
      );
    }
    if (!Number.isInteger(anchorDay) || anchorDay < 1 || anchorDay > 31) {
      throw new DomainError(
        'ANCHOR_DAY_INVALID',
        `anchorDay is ${anchorDay}: send a day from 1 to 31; short months use their last.`,
        { pointer },
      );
    }
  }
  return { ...schedule, startAt: toIso(toZoned(startAt, timeZone)) };
}

/** Returns the n-th period, 0 being the first. */
export function billingPeriod({ schedule, index }: { schedule: BillingSchedule; index: number }): BillingPeriod {
  const { boundary, stub } = boundariesOf(schedule);
  return {
    index,
    startAt: boundary(index),
    endAt: boundary(index + 1),
    fullStartAt: stub !== null && index === 0 ? stub : boundary(index),
  };
}

/** Returns the period that contains an instant; the first period for any instant before it. */
export function billingPeriodAt({ schedule, at }: { schedule: BillingSchedule; at: string }): BillingPeriod {
  const { boundary } = boundariesOf(schedule);
  const instant = toZoned(at, schedule.timeZone).epochMilliseconds;
  const msOf = (index: number): number => Date.parse(boundary(index));
  const averageMs = averageDays[schedule.interval] * schedule.intervalCount * DAY_MS;
  let index = Math.max(0, Math.floor((instant - msOf(0)) / averageMs));
  while (index > 0 && msOf(index) > instant) index -= 1;
  while (msOf(index + 1) <= instant) index += 1;
  return billingPeriod({ schedule, index });
}

export interface TrialInput {
  startAt: string;
  trialDays: number;
  timeZone: string;
}

/**
 * Returns the instant at which a trial ends and billing begins: that many calendar days later, at the same local time.
 */
export const trialEndAt = ({ startAt, trialDays, timeZone }: TrialInput): string =>
  toIso(toZoned(startAt, timeZone).add({ days: trialDays }));

export const TRIAL_NOTICE_DAYS = 3;

/**
 * Returns the instant at which the end of a trial is announced: three calendar days ahead, or at its start where it is
 * shorter.
 */
export const trialNoticeAt = (input: TrialInput): string =>
  trialEndAt({ ...input, trialDays: Math.max(0, input.trialDays - TRIAL_NOTICE_DAYS) });

export interface StartInput {
  /** The instant of acceptance, ISO 8601. */
  acceptedAt: string;
  /** The partner's requested start, ISO 8601. Defaults to immediately. */
  startAt?: string | null;
  timeZone: string;
}

/**
 * Returns the start of a subscription, to the second. Throws, pointing at `/startAt`, `START_IN_PAST`, because nothing
 * is billed for the past, and `INSTANT_TOO_LATE` for more than ten years ahead.
 */
export function requireStart({ acceptedAt, startAt, timeZone }: StartInput): string {
  const accepted = toIso(toZoned(acceptedAt, timeZone));
  if (!startAt) return accepted;
  const start = toIso(toZoned(startAt, timeZone));
  if (Date.parse(start) < Date.parse(accepted)) {
    throw new DomainError(
      'START_IN_PAST',
      `startAt ${start} is before now, ${accepted}: leave it out to start immediately.`,
      { pointer: '/startAt' },
    );
  }
  requireWithinHorizon({ at: start, now: accepted, pointer: '/startAt' });
  return start;
}

const DAY_MS = 86_400_000;
const averageDays: Readonly<Record<PlanInterval, number>> = { day: 1, week: 7, month: 30.437, year: 365.2425 };

function toZoned(at: string, timeZone: string, pointer = '/startAt'): Temporal.ZonedDateTime {
  let instant: Temporal.Instant;
  try {
    instant = Temporal.Instant.from(at);
  } catch {
    throw new DomainError(
      'INSTANT_INVALID',
      `"${at.slice(0, 40)}" is no ISO 8601 instant such as 2026-01-31T09:00:00Z.`,
      { pointer },
    );
  }
  return toZonedTime(instant.round({ smallestUnit: 'second', roundingMode: 'floor' }), timeZone);
}

/** Returns the local date and time at which a schedule begins. */
export const localStart = ({
  startAt,
  timeZone,
}: Pick<BillingSchedule, 'startAt' | 'timeZone'>): Temporal.ZonedDateTime => toZoned(startAt, timeZone);

/** Returns the local time at which a schedule begins, `HH:MM:SS`. */
export const localTimeOf = (input: Pick<BillingSchedule, 'startAt' | 'timeZone'>): string =>
  localStart(input).toPlainTime().toString();

const toIso = (zoned: Temporal.ZonedDateTime): string => new Date(zoned.epochMilliseconds).toISOString();

function boundariesOf(schedule: BillingSchedule): { boundary: (index: number) => string; stub: string | null } {
  const { interval, intervalCount, timeZone, anchorDay, anchorTime } = schedule;
  const start = toZoned(schedule.startAt, timeZone);
  const time = anchorTime ? Temporal.PlainTime.from(anchorTime) : start.toPlainTime();
  const at = (date: Temporal.PlainDate): string => toIso(date.toZonedDateTime({ timeZone, plainTime: time }));

  if (interval === 'day' || interval === 'week') {
    const days = intervalCount * (interval === 'week' ? 7 : 1);
    const boundary = (index: number): string =>
      index === 0 ? toIso(start) : at(start.toPlainDate().add({ days: index * days }));
    return { boundary, stub: null };
  }

  const months = intervalCount * (interval === 'year' ? 12 : 1);
  const day = anchorDay ?? start.day;
  // `constrain`, the default, takes the last day of a month that is too short.
  const dayIn = (month: Temporal.PlainYearMonth): Temporal.PlainDate => month.toPlainDate({ day });
  const startMonth = start.toPlainDate().toPlainYearMonth();
  const toAnchor = Math.sign(Temporal.PlainDate.compare(dayIn(startMonth), start.toPlainDate()));
  const firstMonth = toAnchor < 0 ? startMonth.add({ months: 1 }) : startMonth;
  const anchored = (step: number): string => at(dayIn(firstMonth.add({ months: step * months })));

  if (toAnchor === 0) return { boundary: (index) => (index === 0 ? toIso(start) : anchored(index)), stub: null };
  return { boundary: (index) => (index === 0 ? toIso(start) : anchored(index - 1)), stub: anchored(-1) };
}
