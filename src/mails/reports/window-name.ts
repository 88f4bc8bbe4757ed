import type { ReportWindow } from '../../domain/reports/calendar/window';
import type { Language } from '../mail-text';

const words = { en: { locale: 'en-GB', to: 'to' }, de: { locale: 'de', to: 'bis' } } as const;

/** Returns the days of a window in the reader's language, with its zone: "4 May 2027 (Europe/Berlin)". */
export function windowName({ from, to, timeZone }: ReportWindow, language: Language): string {
  const { locale, to: until } = words[language];
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
  const day = (date: string): string => format.format(new Date(`${date}T00:00:00Z`));
  return `${from === to ? day(from) : `${day(from)} ${until} ${day(to)}`} (${timeZone})`;
}
