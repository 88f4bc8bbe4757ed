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
}

export interface NextNoticeInput extends NoticedEnd {
  settings: NoticeSettings;
  /** The instant at which the listing got this end: its publication, or its renewal. */
  since: Date;
  /** The notice comes after this instant. */
  at: Date;
}

/**
 * Returns the instant of the next notice to the owner: a reminder at `noticeAt`, so many days before the last day, or
 * the notice of the end, at the first `noticeAt` after it. No reminder comes in the first half of the time from `since`
 * to the end. A local time that a change of the clocks leaves out is later by the length of the gap; of one that comes
 * twice the first counts (RFC 5545 §3.3.5).
 * @throws DomainError `TIME_ZONE_UNKNOWN`
 */
export function nextNoticeOf({ since, ...input }: NextNoticeInput): Date {
  return noticeAfter(input, (since.getTime() + input.expiresAt.getTime()) / 2);
}

/** Returns the first notice after `at`, without the reminders before an instant (ms). */
function noticeAfter({ settings, at, lastDay, expiresAt }: Omit<NextNoticeInput, 'since'>, remindFromMs: number): Date {
  const reminders = settings.remindDays
    .map((days) => noticeOn(Temporal.PlainDate.from(lastDay).subtract({ days }), settings))
    .filter((reminder) => reminder > at && reminder < expiresAt && reminder.getTime() >= remindFromMs);
  const [first] = reminders.toSorted((one, other) => one.getTime() - other.getTime());
  return first ?? noticeOfEnd({ expiresAt: at > expiresAt ? at : expiresAt, settings });
}

/** Returns the first `noticeAt` at which the listing is over. @throws DomainError `TIME_ZONE_UNKNOWN` */
export function noticeOfEnd({ expiresAt, settings }: Pick<NextNoticeInput, 'expiresAt' | 'settings'>): Date {
  const day = Temporal.PlainDate.from(dayOf({ at: expiresAt.toISOString(), timeZone: settings.timeZone }));
  const sameDay = noticeOn(day, settings);
  return sameDay >= expiresAt ? sameDay : noticeOn(day.add({ days: 1 }), settings);
}

/** A notice that is due: a reminder with the days that are left, or the notice of the end. */
export type DueNotice = { kind: 'reminder'; daysLeft: number } | { kind: 'end' };

export interface DueNoticeInput extends NoticedEnd {
  settings: NoticeSettings;
  /** The instant of the sending, at or after the instant for which the notice was planned. */
  at: Date;
}

export interface SentNotice {
  /** The notice to send now; null where only the end is left to be noticed, later. */
  notice: DueNotice | null;
  /** The instant of the notice after it; null after the last. */
  next: Date | null;
}

/**
 * Returns the notice to send for a listing whose notice was planned for now or earlier. Of several that are due, and
 * were missed, it is the nearest to the end: the days left are those as of the sending, and after the end nobody is
 * reminded.
 * @throws DomainError `TIME_ZONE_UNKNOWN`
 */
export function dueNoticeOf(input: DueNoticeInput): SentNotice {
  const { settings, at, lastDay, expiresAt } = input;
  if (at < expiresAt) {
    const today = Temporal.PlainDate.from(dayOf({ at: at.toISOString(), timeZone: settings.timeZone }));
    const daysLeft = Math.max(0, today.until(Temporal.PlainDate.from(lastDay), { largestUnit: 'day' }).days);
    // Whatever follows a reminder is in the second half too.
    return { notice: { kind: 'reminder', daysLeft }, next: noticeAfter(input, at.getTime()) };
  }
  const end = noticeOfEnd(input);
  return at >= end ? { notice: { kind: 'end' }, next: null } : { notice: null, next: end };
}

function noticeOn(day: Temporal.PlainDate, { timeZone, noticeAt }: NoticeSettings): Date {
  requireTimeZone(timeZone);
  return new Date(day.toZonedDateTime({ timeZone, plainTime: noticeAt }).epochMilliseconds);
}
