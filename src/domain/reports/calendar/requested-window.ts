import { DomainError } from '../../domain-error';
import { requireTimeZone } from '../../values/time-zone';
import { dateText } from './dates';
import { FIRST_YEAR, parsePeriod } from './period';
import { type ReportWindow, windowOfDates, windowOfPeriod } from './window';

/** A request for a window: either a period, or the first and the last local date, both included. */
export interface WindowRequest {
  period?: string | null;
  from?: string | null;
  to?: string | null;
  timeZone: string;
  /** ISO 8601 instant. A window that begins later is refused; one that is not over is allowed. */
  now: string;
}

export const MAX_RANGE_DAYS = 400;

/**
 * Returns the requested window.
 * @throws DomainError `TIME_ZONE_UNKNOWN`; pointing at the field, `PERIOD_INVALID`, `RANGE_TOO_LONG` and
 *   `WINDOW_IN_FUTURE`
 */
export function windowOf(request: WindowRequest): ReportWindow {
  requireTimeZone(request.timeZone);
  const { period, from, to, timeZone, now } = request;
  const window = period ? windowOfText(request, period) : windowOfDates({ ...datesOf(from, to), timeZone });
  if (Date.parse(window.startAt) <= Date.parse(now)) return window;
  throw new DomainError(
    'WINDOW_IN_FUTURE',
    `The window begins at ${window.startAt}, which is in the future: request one that has begun.`,
    { pointer: period ? '/period' : '/from' },
  );
}

function windowOfText({ from, to, timeZone }: WindowRequest, text: string): ReportWindow {
  if (from || to) throw invalid('/period', 'period and from/to exclude each other: send only one of them.');
  const period = parsePeriod(text);
  if (period) return windowOfPeriod(period, timeZone);
  throw invalid(
    '/period',
    `"${text.slice(0, 40)}" is no period since ${FIRST_YEAR}: ` +
      'send one such as 2026-03-29, 2026-W13, 2026-03, 2026-Q1 or 2026.',
  );
}

function datesOf(from: string | null | undefined, to: string | null | undefined): { from: number; to: number } {
  if (!from && !to) throw invalid('/period', 'The window is missing: send a period, or from and to.');
  const first = requireDate(from, '/from');
  const last = requireDate(to, '/to');
  requireOrder(first, last);
  const days = last - first + 1;
  if (days <= MAX_RANGE_DAYS) return { from: first, to: last };
  throw new DomainError(
    'RANGE_TOO_LONG',
    `The range has ${days} days: send at most ${MAX_RANGE_DAYS}, or request a report for each year.`,
    { pointer: '/to' },
  );
}

/** Returns the day number of a date that was sent. @throws DomainError `PERIOD_INVALID` */
export function requireDate(text: string | null | undefined, pointer: '/from' | '/to'): number {
  if (!text) throw invalid(pointer, 'from and to belong together: send both.');
  const period = parsePeriod(text);
  if (period?.kind === 'day') return period.firstDay;
  throw invalid(pointer, `"${text.slice(0, 40)}" is no date since ${FIRST_YEAR}: send one such as 2026-03-29.`);
}

/** @throws DomainError `PERIOD_INVALID` where the last date is before the first */
export function requireOrder(first: number, last: number): void {
  if (last >= first) return;
  throw invalid('/to', `to is ${dateText(last)}, which is before from, ${dateText(first)}: send a later date.`);
}

const invalid = (pointer: string, detail: string): DomainError =>
  new DomainError('PERIOD_INVALID', detail, { pointer });
