import { remembered } from './remembered';

/** The longest tag that software must be able to hold (RFC 5646 §4.4.1). */
const MAX_LENGTH = 35;

/**
 * Returns true for a BCP 47 language tag in the form that Unicode defines for locales: no private tags such as
 * `x-private`, and no underscores. Extensions such as `-u-ca-buddhist` are part of the tag.
 */
export const isLocale = (text: string): boolean => canonicalLocale(text) !== '';

/** Returns the canonical form of a locale; '' for a text that is none. */
const canonicalLocale = (text: string): string => (text.length > MAX_LENGTH ? '' : canonicalForm(text));

const canonicalForm = remembered((text) => {
  try {
    return Intl.getCanonicalLocales(text)[0] ?? '';
  } catch {
    return '';
  }
});

/**
 * Returns the first of the locales whose language is supported, otherwise the first of all: the reader's own before the
 * partner's. Texts are then in English.
 */
export function firstSupportedLocale(locales: readonly [string, ...string[]], languages: readonly string[]): string {
  return locales.find((locale) => languages.includes(languageTagOf(locale))) ?? locales[0];
}

/** Returns the language of a locale in its shortest code, `de` of `de-AT` or `deu`; '' for a text that is no locale. */
export const languageTagOf = (locale: string): string => canonicalLocale(locale).split('-')[0] ?? '';
