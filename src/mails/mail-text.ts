import { firstSupportedLocale, languageTagOf } from '../domain/values/locale';
import { isTimeZone } from '../domain/values/time-zone';
import type { Money } from '../domain/money';
import { formatMoney } from '../domain/money-text';

/** A mail's content in one language, before it becomes text and HTML. Plain text only; nothing here is escaped. */
export interface MailText {
  subject: string;
  greeting: string;
  paragraphs: string[];
  button?: MailLink;
  /** Parts with tables and links, below the paragraphs. */
  sections?: readonly MailSection[];
  /** Small print below all other content. */
  footnote?: string;
  /** A link in small print, last of all. */
  footlink?: MailLink;
}

export interface MailLink {
  label: string;
  url: string;
}

export interface MailSection {
  title: string;
  notes: readonly string[];
  tables: readonly MailTable[];
  links: readonly MailLink[];
}

/** A table; the first column has names, the others have figures. */
export interface MailTable {
  caption: string;
  head: readonly string[];
  rows: readonly (readonly string[])[];
}

export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];

/** Formats values for the reader of one mail. */
export interface MailWriter {
  /** Returns an instant in the reader's language and time zone, such as "21 November 2026 at 10:15 CET". */
  time: (instant: Date) => string;
  /** Returns an amount in the language of the mail, such as "€10.50". */
  money: (money: Money) => string;
}

/** Returns the language of a BCP 47 locale, if mails are written in it; English otherwise. */
export function languageOf(locale: string): Language {
  return languages.find((known) => known === languageTagOf(locale)) ?? 'en';
}

/** Returns the locale for a reader: the reader's own where mails are written in its language, or the partner's. */
export const localeToWriteIn = (reader: { locale: string }, partner: { locale: string }): string =>
  firstSupportedLocale([reader.locale, partner.locale], languages);

/** Returns the writer for a reader's locale (BCP 47) and time zone (IANA). */
export function mailWriter({ locale, timeZone }: { locale: string; timeZone: string }): MailWriter {
  const language = languageOf(locale);
  return {
    time: timeWriter({ locale, timeZone }),
    money: (money) => formatMoney({ money, locale: language }),
  };
}

/**
 * Returns a formatter of instants for readers of a locale and an IANA time zone. A region keeps its own conventions
 * (`en-US` or `en-GB`); a locale in whose language no mails are written gets English dates, so that a mail never mixes
 * languages. A text that is no locale or no time zone counts as English or UTC: a mail must not fail over it.
 */
function timeWriter({ locale, timeZone }: { locale: string; timeZone: string }): (instant: Date) => string {
  const language = languageOf(locale);
  const fields = {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  } as const;
  const wanted = languageTagOf(locale) === language ? locale : 'en-GB';
  const format = new Intl.DateTimeFormat(wanted, { ...fields, timeZone: isTimeZone(timeZone) ? timeZone : 'UTC' });
  return (instant) => format.format(instant);
}
