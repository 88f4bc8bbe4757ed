import type { ReportWindow } from '../../../domain/reports/calendar/window';
import { localTimes } from '../text/local-time';

const dayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

/** Returns "29 March 2026". */
const dayText = (date: string): string => dayFormat.format(new Date(`${date}T00:00:00Z`));

/**
 * Returns "29 March 2026", or "2026-W13, 23 March 2026 to 29 March 2026". A bridge covers its days in part:
 * "3 May 2027 at 18:00 to 4 May 2027 at 00:00".
 */
export function windowText({ period, from, to, startAt, endAt, timeZone, bridge }: ReportWindow): string {
  if (bridge) {
    const time = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone });
    return `${time.format(new Date(startAt))} to ${time.format(new Date(endAt))}`;
  }
  if (from === to) return dayText(from);
  const days = `${dayText(from)} to ${dayText(to)}`;
  return period === null ? days : `${period}, ${days}`;
}

/** Returns the two instants that bound the window, on the clock of its zone. */
export function windowBounds({ startAt, endAt, timeZone }: ReportWindow): string {
  const toLocal = localTimes(timeZone);
  return `from ${toLocal(startAt)} up to, not including, ${toLocal(endAt)}`;
}
