/** Returns true for a BCP 47 language tag. */
export function isLocale(text: string): boolean {
  if (text.length > 35) return false;
  try {
    Intl.getCanonicalLocales(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Returns the first of the locales whose language is supported, otherwise the first of all: the reader's own before the
 * partner's. Texts are then in English.
 */
export function firstSupportedLocale(locales: readonly [string, ...string[]], languages: readonly string[]): string {
  return locales.find((locale) => languages.includes(languageTagOf(locale))) ?? locales[0];
}

/** Returns the language of a locale: `de` of `de-AT`. */
export const languageTagOf = (locale: string): string => locale.split(/[-_]/)[0]?.toLowerCase() ?? '';
