import { mailTemplates } from '../contracts/outbox';
import { composeMail } from './compose-mail';
import { languageOf } from './mail-text';

const facts = {
  name: 'Ada',
  partnerName: 'Fähre & Söhne',
  onboardingId: 'onb_1',
  link: 'https://api.example/api/v1/verify/onb_1.1.sig',
  until: new Date('2026-07-01T10:00:00Z'),
  reason: 'Documents missing',
  entitlementCode: 'WELCOME-7',
};
const compose = (
  template: (typeof mailTemplates)[number],
  locale = 'en-GB',
  timeZone = 'Europe/London',
  more: Partial<typeof facts> = {},
) => composeMail({ template, locale, timeZone, facts: { ...facts, ...more } });

describe.each(mailTemplates)('%s', (template) => {
  test.each(['en-GB', 'de-AT'])('is complete in %s: subject, text and HTML say the same', (locale) => {
    const { subject, text, html } = compose(template, locale);
    for (const part of [subject, text, html]) {
      expect(part).not.toMatch(/undefined|null|\[object|Invalid Date|NaN/);
      expect(part.length).toBeGreaterThan(10);
    }
    expect(html).toContain(`<html lang="${locale.slice(0, 2)}">`);
    const words = html
      .slice(html.indexOf('<body'))
      .replace(/<[^>]+>/g, '')
      .replaceAll('&amp;', '&')
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
    for (const line of words) expect(text).toContain(line);
  });

  test('is the same mail for the same facts, and another one in the other language', () => {
    expect(compose(template)).toEqual(compose(template));
    expect(compose(template, 'de-DE').text).not.toBe(compose(template).text);
  });

  test('escapes what people typed, and keeps the subject on one line', () => {
    const typed = { name: '<img src=x onerror="a()">', partnerName: 'A\r\nBcc: x@y.example & "B"', reason: '<script>' };
    const { subject, html } = compose(template, 'en', 'UTC', typed);
    expect(html).not.toMatch(/<img|<script/);
    expect(html).toContain('&amp; &quot;B&quot;');
    expect(subject).not.toMatch(/[\r\n]/);
  });
});

test('the link stands in text and HTML of mails with one, and nowhere else', () => {
  for (const template of mailTemplates) {
    const { text, html } = compose(template);
    const has = template.startsWith('verification');
    expect(text.includes(facts.link)).toBe(has);
    expect(html.includes(`href="${facts.link}"`)).toBe(has);
  }
});

test("times are the reader's: language, habits of the region, and time zone", () => {
  expect(compose('verification', 'en-GB', 'Europe/London').text).toContain('1 July 2026 at 11:00 BST');
  expect(compose('verification', 'en-US', 'America/New_York').text).toContain('July 1, 2026 at 06:00 AM EDT');
  expect(compose('verification', 'de-DE', 'Europe/Berlin').text).toContain('1. Juli 2026 um 12:00 MESZ');
});

test('an unknown locale gets English; an unknown time zone or malformed locale does no harm', () => {
  expect(compose('verification', 'fr-FR', 'Europe/Paris').text).toContain('valid until 1 July 2026 at 12:00');
  expect(compose('verification', 'de_DE', 'Nowhere/Atall').text).toContain('1. Juli 2026 um 10:00 UTC');
  expect(compose('verification', 'en-!!', 'UTC').text).toContain('1 July 2026 at 10:00 UTC');
});

test.each([
  ['de', 'de'],
  ['de-CH', 'de'],
  ['DE_at', 'de'],
  ['en-US', 'en'],
  ['fr', 'en'],
  ['dea', 'en'],
  ['', 'en'],
])('the language of %s is %s', (locale, language) => {
  expect(languageOf(locale)).toBe(language);
});
