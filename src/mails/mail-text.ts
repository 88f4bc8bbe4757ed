import { languageTagOf } from '../domain/locale';

/**
 * A mail's content in one language, before it becomes text and HTML. Plain text throughout; nothing here is escaped.
 */
export interface MailText {
  subject: string;
  greeting: string;
  paragraphs: string[];
  button?: { label: string; url: string };
  /** Small print below everything else. */
  footnote?: string;
}

/** What a template may speak of. Times are instants, to be written with `time`. */
export interface MailFacts {
  /** The person the onboarding is about. */
  name: string;
  partnerName: string;
  onboardingId: string;
  /** The page behind the mail's button; null for mails without one. */
  link: string | null;
  /** Until when what the mail asks for can be done. */
  until: Date | null;
  /** Why it was rejected, in the reviewer's words. */
  reason: string | null;
  /** The welcome package's code. */
  entitlementCode: string | null;
  /**
   * The plan that a mail about a subscription speaks of, and the amount in question in the reader's way of writing; of
   * a subscription that has ended, what is given back.
   */
  subscription?: { planName: string; amount: string; isNothing: boolean };
  /** Writes an instant in the reader's language and time zone, such as "21 November 2026 at 10:15 CET". */
  time: (instant: Date) => string;
}

export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];

export type MailTemplateText = Record<Language, (facts: MailFacts) => MailText>;

/** The language of a BCP 47 locale, if mails are written in it; English otherwise. */
export function languageOf(locale: string): Language {
  return languages.find((known) => known === languageTagOf(locale)) ?? 'en';
}

/**
 * Writes instants for readers of a locale and an IANA time zone. A region keeps its own habits (`en-US` or `en-GB`); a
 * locale whose language mails are not written in gets English dates, so that a mail never mixes languages. Unknown
 * zones become UTC.
 */
export function timeWriter({ locale, timeZone }: { locale: string; timeZone: string }): (instant: Date) => string {
  const language = languageOf(locale);
  const fields = {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  } as const;
  const wanted = locale.toLowerCase().startsWith(language) ? locale.replace('_', '-') : 'en-GB';
  try {
    const format = new Intl.DateTimeFormat(wanted, { ...fields, timeZone });
    return (instant) => format.format(instant);
  } catch {
    const format = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { ...fields, timeZone: 'UTC' });
    return (instant) => format.format(instant);
  }
}
