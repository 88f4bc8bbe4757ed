import { composeMail } from '../compose-mail';
import type { MailDefinition } from '../mail-definition';
import { listingEnd, listingReminder } from './listing-end';

const bike = { title: 'A bike', daysLeft: 7, lastDay: '2027-03-27', expiresAt: new Date('2027-03-27T23:00:00Z') };
const lamp = { title: 'A lamp', daysLeft: 8, lastDay: '2027-03-28', expiresAt: new Date('2027-03-28T22:00:00Z') };

interface Named {
  listings?: object[];
  /** Defaults to the listings that are named. */
  count?: number;
}

const mailOf = (template: MailDefinition, locale: string, { listings = [bike], count = listings.length }: Named = {}) =>
  composeMail({
    template,
    locale,
    timeZone: 'Europe/Berlin',
    audience: 'person',
    mode: 'live',
    facts: { partnerName: 'Acme', name: 'Ada', count, listings } as never,
  });

test.each([
  ['en-GB', 0, 'today: 27 March 2027'],
  ['en-GB', 1, 'tomorrow: 27 March 2027'],
  ['en-GB', 7, 'in 7 days: 27 March 2027'],
  ['de-DE', 0, 'heute: 27. März 2027'],
  ['de-DE', 1, 'morgen: 27. März 2027'],
  ['de-DE', 7, 'in 7 Tagen: 27. März 2027'],
])('a reminder in %s with %i days left names the day and the instant of the end', (locale, daysLeft, words) => {
  const { subject, text } = mailOf(listingReminder, locale, { listings: [{ ...bike, daysLeft }] });
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

test.each<[string, MailDefinition, string, string[]]>([
  ['reminder', listingReminder, 'en-GB', ['5 of your listings end soon', 'in 7 days: 27 March', 'in 8 days: 28 March']],
  ['reminder', listingReminder, 'de-DE', ['5 Ihrer Anzeigen enden bald', 'in 7 Tagen: 27. März', 'in 8 Tagen: 28.']],
  ['end', listingEnd, 'en-GB', ['5 of your listings have ended', 'was 27 March 2027', 'was 28 March 2027']],
  ['end', listingEnd, 'de-DE', ['5 Ihrer Anzeigen sind abgelaufen', 'der 27. März 2027', 'der 28. März 2027']],
])('a %s for many names the first ones with their days, and the number of the others', (_, template, locale, words) => {
  const { subject, text } = mailOf(template, locale, { listings: [bike, lamp], count: 5 });
  expect(subject).toContain(words[0]);
  for (const one of [...words, 'A bike', 'A lamp']) expect(text).toContain(one);
  expect(text).toMatch(/(and 3 more|und 3 weitere)/);
});
