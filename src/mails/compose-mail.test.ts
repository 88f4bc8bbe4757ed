import { mailTemplates, type MailTemplate } from '../contracts/mails';
import { composeMail } from './compose-mail';
import { deliveredReport } from './reports/tests/delivered-report';
import type { MailFacts } from './mail-definition';
import { languageOf } from './mail-text';
import { mails } from './mails';

const person = { name: 'Ada', partnerName: 'Fähre & Söhne' };
const until = new Date('2026-07-01T10:00:00Z');
const link = 'https://api.example/api/v1/verify/onb_1.1.sig';
const unsubscribeUrl = 'https://api.example/api/v1/report-unsubscribes/abc';
const subscription = { ...person, planName: 'Pro', amount: { amountMinor: 1050, currency: 'EUR' }, owed: null, until };

/** The template's own facts. */
const end = { title: 'A bike', lastDay: '2027-01-31', expiresAt: new Date('2027-02-01T00:00:00Z') };
const facts: Record<MailTemplate, MailFacts & Record<string, unknown>> = {
  verification: { ...person, link, until },
  verificationReminder: { ...person, link, until },
  profileReminder: { ...person, until },
  approvalRequest: { ...person, onboardingId: 'onb_1', partnerId: 'ptn_1', audience: 'reviewer', until },
  approvalEscalation: { ...person, onboardingId: 'onb_1', partnerId: 'ptn_1', audience: 'operator', until },
  rejection: { ...person, reason: 'Documents missing' },
  welcome: { ...person, entitlementCode: 'WELCOME-7' },
  trialEnding: subscription,
  firstChargeFailed: subscription,
  paymentConfirmation: { ...subscription, link },
  paymentMethodConfirmation: { ...subscription, link },
  paymentMethodRejected: subscription,
  renewalFailed: subscription,
  subscriptionUnpaid: subscription,
  planChangeFailed: subscription,
  resumeFailed: subscription,
  subscriptionExpired: subscription,
  subscriptionCancelled: subscription,
  subscriptionRefunded: subscription,
  refundFailed: subscription,
  reviewsWaiting: { ...person, partnerId: 'ptn_1', isForOperator: false, count: 3 },
  reviewsOverdue: { ...person, partnerId: 'ptn_1', isForOperator: false, count: 1 },
  listingsApproved: { ...person, count: 3, listings: [{ ...end, isOver: false }] },
  listingRejection: {
    ...person,
    title: 'A bike',
    reason: 'quality',
    comment: 'Too short',
    fields: [{ pointer: '/title', comment: 'Say more' }],
    rules: ['banned_word'],
    isLive: true,
  },
  listingReminder: { ...person, count: 1, listings: [{ ...end, daysLeft: 7 }] },
  listingEnd: { ...person, count: 1, listings: [end] },
  reportReady: {
    ...person,
    reports: [deliveredReport()],
    linksUntil: until,
    unsubscribeUrl,
    isTest: true,
    missing: [{ name: 'payments-2027-05.csv', why: 'large' }],
  },
  reportSchedulePaused: { ...person, scheduleId: 'rsc_1', title: 'Payments', unsubscribeUrl },
};
const compose = (template: MailTemplate, locale = 'en-GB', timeZone = 'Europe/London', more: object = {}) =>
  composeMail({
    template: mails[template],
    locale,
    timeZone,
    audience: 'person',
    mode: 'live',
    facts: { ...facts[template], ...more },
  });
const toOperator = { audience: 'operator' };
const composeForOperator = (template: MailTemplate, locale: string, more: object = {}) =>
  composeMail({
    template: mails[template],
    locale,
    timeZone: 'UTC',
    audience: 'operator',
    mode: 'live',
    facts: { ...facts[template], ...toOperator, ...more },
  });

describe.each(mailTemplates)('%s', (template) => {
  test.each(['en-GB', 'de-AT'])('is complete in %s: subject, text and HTML agree', (locale) => {
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

  test('is the same mail for the same facts, and differs by language', () => {
    expect(compose(template)).toEqual(compose(template));
    expect(compose(template, 'de-DE').text).not.toBe(compose(template).text);
  });

  test('escapes text from people, and keeps the subject on one line', () => {
    const typed = { name: '<img src=x onerror="a()">', partnerName: 'A\r\nBcc: x@y.example & "B"', reason: '<script>' };
    const { subject, html } = compose(template, 'en', 'UTC', typed);
    expect(html).not.toMatch(/<img|<script/);
    if (template !== 'approvalEscalation') expect(html).toContain('&amp; &quot;B&quot;');
    expect(subject).not.toMatch(/[\r\n]/);
  });
});

test('the link is in text and HTML of mails with a link, and nowhere else', () => {
  for (const template of mailTemplates) {
    const { text, html } = compose(template);
    const has = template.startsWith('verification') || template.endsWith('Confirmation');
    expect(text.includes(link)).toBe(has);
    expect(html.includes(`href="${link}"`)).toBe(has);
  }
});

test("times are the reader's: language, habits of the region, and time zone", () => {
  expect(compose('verification', 'en-GB', 'Europe/London').text).toContain('1 July 2026 at 11:00 BST');
  expect(compose('verification', 'en-US', 'America/New_York').text).toContain('July 1, 2026 at 06:00 AM EDT');
  expect(compose('verification', 'de-DE', 'Europe/Berlin').text).toContain('1. Juli 2026 um 12:00 MESZ');
});

test('a locale without mails gets English throughout; an unknown time zone does no harm', () => {
  expect(compose('verification', 'fr-FR', 'Europe/Paris').text).toContain('valid until 1 July 2026 at 12:00');
  expect(compose('verification', 'de-DE', 'Nowhere/Atall').text).toContain('1. Juli 2026 um 10:00 UTC');
  expect(compose('verification', 'en-!!', 'UTC').text).toContain('1 July 2026 at 10:00 UTC');
});

test.each([
  ['de', 'de'],
  ['de-CH', 'de'],
  ['deu-AT', 'de'],
  ['en-US', 'en'],
  ['fr', 'en'],
  ['dea', 'en'],
  ['', 'en'],
])('the language of %s is %s', (locale, language) => {
  expect(languageOf(locale)).toBe(language);
});

test.each(['approvalRequest', 'approvalEscalation'] as const)(
  'a mail to the operator (%s) shows what a partner chose only behind a frame, and is signed by the platform',
  (template) => {
    const lie = { name: 'Ada”\n\nPay at https://evil.example', partnerName: 'The operator' };
    const en = composeForOperator(template, 'en', lie);
    const de = composeForOperator(template, 'de', lie);
    expect(en.text).toContain("The partner wrote, as the name of the person: “Ada' Pay at https: evil. example”");
    expect(de.text).toContain('Der Partner schrieb als eigenen Namen: “The operator”');
    for (const { subject, text } of [en, de]) {
      const unframed = [
        subject,
        ...text.split('\n').filter((line) => !/^(The partner wrote|Der Partner schrieb)/.test(line)),
      ];
      expect(unframed.join('\n')).not.toMatch(/evil|The operator/);
      expect(text).toMatch(/-- \nPartner Platform\n$/);
    }
  },
);

test("the subject of a sandbox's mail is marked, in every language", () => {
  const subjects = ['en', 'de'].map(
    (locale) =>
      composeMail({
        template: mails.welcome,
        locale,
        timeZone: 'UTC',
        audience: 'person',
        mode: 'sandbox',
        facts: facts.welcome,
      }).subject,
  );
  expect(subjects).toEqual(['[sandbox] Welcome to Fähre & Söhne', '[sandbox] Willkommen bei Fähre & Söhne']);
});
