import { firstSupportedLocale, isLocale, languageTagOf } from './locale';

const languages = ['en', 'de'];

describe('the language of a mail or page', () => {
  it.each([
    ["the person's, where it is supported", ['en-GB', 'de-DE'], 'en-GB'],
    ["otherwise the partner's", ['fr-FR', 'de-AT'], 'de-AT'],
    ['otherwise English, by the first of all', ['fr-FR', 'it-IT'], 'fr-FR'],
  ] as [string, [string, string], string][])('is %s', (_rule, locales, expected) =>
    expect(firstSupportedLocale(locales, languages)).toBe(expected),
  );

  it('is the shortest code of its tag', () =>
    expect(['de', 'DE-at', 'deu-DE', 'den-US', 'de_DE'].map(languageTagOf)).toEqual(['de', 'de', 'de', 'den', '']));
});

it('a locale is a language tag of BCP 47', () => {
  expect(['en', 'de-DE', 'zh-Hant-TW'].map(isLocale)).toEqual([true, true, true]);
  expect(['', 'de_DE', 'x', 'de-'].map(isLocale)).toEqual([false, false, false, false]);
});
