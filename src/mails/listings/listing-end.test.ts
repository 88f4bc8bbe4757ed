import { composeMail } from '../compose-mail';
import type { MailDefinition } from '../mail-definition';
import { listingEnd, listingReminder } from './listing-end';

const facts = {
  partnerName: 'Acme',
  name: 'Ada',
  title: 'A bike',
  daysLeft: 7,
  lastDay: '2027-03-27',
  expiresAt: new Date('2027-03-27T23:00:00Z'),
};
const mailOf = (template: MailDefinition, locale: string, more: object = {}) =>
  composeMail({
    template,
    locale,
    timeZone: 'Europe/Berlin',
    audience: 'person',
    mode: 'live',
    facts: { ...facts, ...more },
  });

test.each([
  ['en-GB', 0, 'today: 27 March 2027'],
  ['en-GB', 1, 'tomorrow: 27 March 2027'],
  ['en-GB', 7, 'in 7 days: 27 March 2027'],
  ['de-DE', 0, 'heute: 27. März 2027'],
  ['de-DE', 1, 'morgen: 27. März 2027'],
  ['de-DE', 7, 'in 7 Tagen: 27. März 2027'],
])('a reminder in %s with %i days left names the day and the instant of the end', (locale, daysLeft, words) => {
  const { subject, text } = mailOf(listingReminder, locale, { daysLeft });
  expect(subject).toContain(words.split(':')[0]);
  expect(text).toContain(words);
  // The midnight that ends the last day, on the partner's clock.
  expect(text).toMatch(/28\.? M(arch|ärz) 2027 (at|um) 00:00/);
});

test.each([
  ['en-GB', 'its last day was 27 March 2027'],
  ['de-DE', 'Ihr letzter Tag war der 27. März 2027'],
])('the notice of the end in %s names both too', (locale, words) => {
  const { text } = mailOf(listingEnd, locale);
  expect(text).toContain(words);
  expect(text).toMatch(/28\.? M(arch|ärz) 2027 (at|um) 00:00/);
});
