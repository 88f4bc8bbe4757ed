import { Temporal } from 'temporal-polyfill';
import { requireTimeZone } from '../../values/time-zone';
import { dayOf } from '../duration';
import type { ExpirySettings } from './expiry-settings';

/** The settings that decide when the owner of a listing is notified. */
export interface NoticeSettings extends Pick<ExpirySettings, 'remindDays' | 'noticeAt'> {
  /** The partner's IANA time zone. */
  timeZone: string;
}

/** The end of a listing, as its notices count. */
export interface NoticedEnd {
  /** ISO 8601 date in the partner's time zone. */
  lastDay: string;
  /** The instant after which the listing is over. */
  expiresAt: Date;
  /** The instant at which the listing got this end: its publication, or its renewal. */
  since: Date;
  /** The days left that the last reminder of this end named; null before the first. */
  remindedDays: number | null;
}

export interface NextNoticeInput extends NoticedEnd {
  settings: NoticeSettings;
  /** The notice comes after this instant. */
  at: Date;
}

/**
 * Returns the instant of the next notice to the owner: a reminder at `noticeAt`, so many days before the last day, or
 * the notice of the end, at the first `noticeAt` after it. No reminder comes in the first half of the time from `since`
 * to the end, or for as many days as one before it named. A local time that a change of the clocks leaves out is later
 * by the length of the gap; of one that comes twice the first counts (RFC 5545 §3.3.5).
 * @throws DomainError `TIME_ZONE_UNKNOWN`
 */
export function nextNoticeOf(input: NextNoticeInput): Date {
  const { settings, at, expiresAt } = input;
  const [first] = remindersOf(input)
    .filter((reminder) => reminder > at)
    .toSorted((one, other) => one.getTime() - other.getTime());
  return first ?? noticeOfEnd({ expiresAt: at > expiresAt ? at : expiresAt, settings });
}

/** Returns the instants of the reminders that the settings leave for an end, past ones included. */
function remindersOf({ settings, lastDay, expiresAt, since, remindedDays }: NextNoticeInput): Date[] {
  const halfMs = (since.getTime() + expiresAt.getTime()) / 2;
  return settings.remindDays
    .filter((days) => remindedDays === null || days < remindedDays)
    .map((days) => noticeOn(Temporal.PlainDate.from(lastDay).subtract({ days }), settings))
    .filter((reminder) => reminder.getTime() >= halfMs && reminder < expiresAt);
}

/** Returns the first `noticeAt` at which the listing is over. @throws DomainError `TIME_ZONE_UNKNOWN` */
export const noticeOfEnd = ({ expiresAt, settings }: Pick<NextNoticeInput, 'expiresAt' | 'settings'>): Date =>
  firstNoticeFrom({ at: expiresAt, settings });

/** Returns the first `noticeAt` that is not before an instant. @throws DomainError `TIME_ZONE_UNKNOWN` */
export function firstNoticeFrom({ at, settings }: Pick<NextNoticeInput, 'at' | 'settings'>): Date {
  const day = Temporal.PlainDate.from(dayOf({ at: at.toISOString(), timeZone: settings.timeZone }));
  const sameDay = noticeOn(day, settings);
  return sameDay >= at ? sameDay : noticeOn(day.add({ days: 1 }), settings);
}

/** Returns true where two settings may plan the notices of a listing for other instants. */
export const planDifferently = (one: NoticeSettings, other: NoticeSettings): boolean =>
  one.timeZone !== other.timeZone ||
  one.noticeAt !== other.noticeAt ||
  one.remindDays.join() !== other.remindDays.join();

/** A notice that is due: a reminder with the days that are left, or the notice of the end. */
export type DueNotice = { kind: 'reminder'; daysLeft: number } | { kind: 'end' };

export interface DueNoticeInput extends NoticedEnd {
  settings: NoticeSettings;
  /** The instant of the sending, at or after the instant for which the notice was planned. */
  at: Date;
}

export interface SentNotice {
  /** The notice to send now; null where none is due by the settings as they are now. */
  notice: DueNotice | null;
  /** The instant of the notice after it; null after the last. */
  next: Date | null;
}

/**
 * Returns the notice to send for a listing whose notice was planned for now or earlier. The present settings decide
 * whether it is due, as they may have changed since it was planned. Of several reminders that were missed one is sent,
 * with the days that are left as of the sending; after the end nobody is reminded.
 * @throws DomainError `TIME_ZONE_UNKNOWN`
 */
export function dueNoticeOf(input: DueNoticeInput): SentNotice {
  const { settings, at, lastDay, expiresAt } = input;
  if (at < expiresAt) {
    if (!remindersOf(input).some((reminder) => reminder <= at)) return { notice: null, next: nextNoticeOf(input) };
    const daysLeft = daysLeftOf({ lastDay, timeZone: settings.timeZone, at });
    return { notice: { kind: 'reminder', daysLeft }, next: nextNoticeOf({ ...input, remindedDays: daysLeft }) };
  }
  const end = noticeOfEnd(input);
  return at >= end ? { notice: { kind: 'end' }, next: null } : { notice: null, next: end };
}

/** Returns the days from an instant's day to the last day, by the calendar of the time zone; 0 on it and after it. */
export function daysLeftOf({ lastDay, timeZone, at }: Pick<NoticedEnd, 'lastDay'> & { timeZone: string; at: Date }) {
  const today = Temporal.PlainDate.from(dayOf({ at: at.toISOString(), timeZone }));
  return Math.max(0, today.until(Temporal.PlainDate.from(lastDay), { largestUnit: 'day' }).days);
}

function noticeOn(day: Temporal.PlainDate, { timeZone, noticeAt }: NoticeSettings): Date {
  requireTimeZone(timeZone);
  return new Date(day.toZonedDateTime({ timeZone, plainTime: noticeAt }).epochMilliseconds);
}
