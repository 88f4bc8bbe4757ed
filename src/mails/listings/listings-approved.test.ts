import { composeMail } from '../compose-mail';
import { listingsApproved } from './listings-approved';

const bike = { title: 'A bike', lastDay: '2027-03-27', expiresAt: new Date('2027-03-27T23:00:00Z'), isOver: false };
const lamp = { title: 'A lamp', lastDay: '2027-03-01', expiresAt: new Date('2027-03-01T23:00:00Z'), isOver: true };

const textOf = (locale: string, count: number) =>
  composeMail({
    template: listingsApproved,
    locale,
    timeZone: 'Europe/Berlin',
    audience: 'person',
    mode: 'live',
    facts: { partnerName: 'Acme', name: 'Ada', count, listings: [bike, lamp].slice(0, count) },
  }).text;

test.each([
  ['en-GB', 'Your listing was approved:', /“A bike”: last day 27 March 2027, until 28 March 2027 at 00:00/],
  ['de-DE', 'Ihre Anzeige wurde freigegeben:', /„A bike“: letzter Tag 27. März 2027, bis 28. März 2027 um 00:00/],
])('an approval in %s names the last day and the instant of the end', (locale, words, end) => {
  const text = textOf(locale, 1);
  expect(text).toContain(words);
  expect(text).toMatch(end);
  expect(text).not.toMatch(/more|weitere/);
});

test.each([
  ['en-GB', /“A lamp”: last day 1 March 2027, over since 2 March 2027 at 00:00/, 'and 10 more'],
  ['de-DE', /„A lamp“: letzter Tag 1. März 2027, abgelaufen seit 2. März 2027 um 00:00/, 'und 10 weitere'],
])('of many in %s each has its own end, also one that has passed', (locale, over, others) => {
  const text = textOf(locale, 12);
  expect(text).toMatch(/A bike.*28\.? M(arch|ärz) 2027 (at|um) 00:00/);
  expect(text).toMatch(over);
  expect(text).toContain(others);
});
