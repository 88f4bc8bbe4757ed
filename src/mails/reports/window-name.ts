import type { ReportWindow } from '../../domain/reports/calendar/window';
import type { Language } from '../mail-text';

const words = { en: { locale: 'en-GB', to: 'to' }, de: { locale: 'de', to: 'bis' } } as const;

/**
 * Returns the days of a window in the reader's language, with its zone: "4 May 2027 (Europe/Berlin)". A bridge is named
 * with its times, because it covers its days in part: "3 May 2027 at 18:00 to 4 May 2027 at 00:00 (America/New_York)".
 */
export function windowName({ from, to, timeZone, startAt, endAt, bridge }: ReportWindow, language: Language): string {
  const { locale, to: until } = words[language];
  if (bridge) {
    const time = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone });
    return `${time.format(new Date(startAt))} ${until} ${time.format(new Date(endAt))} (${timeZone})`;
  }
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
  const day = (date: string): string => format.format(new Date(`${date}T00:00:00Z`));
  return `${from === to ? day(from) : `${day(from)} ${until} ${day(to)}`} (${timeZone})`;
}
