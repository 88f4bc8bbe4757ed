import * as fc from 'fast-check';
import { endingOn, type EndingListing } from '../../../testing/random/ending-on';
import { dayOf } from '../duration';
import { dueNoticeOf, nextNoticeOf, noticeOfEnd } from './notices';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Returns the instants of all notices, in their order, each sent at its own time. */
function noticesOf(input: EndingListing): string[] {
  const end = endingOn(input);
  const instants: string[] = [];
  for (let at: Date | null = nextNoticeOf({ ...end, at: end.since }); at !== null && instants.length < 10;) {
    instants.push(at.toISOString());
    const { notice, next } = dueNoticeOf({ ...end, at });
    if (notice?.kind === 'reminder') end.remindedDays = notice.daysLeft;
    at = next;
  }
  return instants;
}

describe('the notices of a listing', () => {
  it.each<[string, EndingListing, string[]]>([
    ['UTC', { lastDay: '2027-01-31' }, ['2027-01-24T09:00', '2027-01-30T09:00', '2027-02-01T09:00']],
    ['a leap day', { lastDay: '2028-02-29' }, ['2028-02-22T09:00', '2028-02-28T09:00', '2028-03-01T09:00']],
    [
      'Europe/Berlin in spring',
      { timeZone: 'Europe/Berlin', lastDay: '2027-03-28' },
      ['2027-03-21T08:00', '2027-03-27T08:00', '2027-03-29T07:00'],
    ],
    [
      'Europe/Berlin in autumn',
      { timeZone: 'Europe/Berlin', lastDay: '2027-10-31' },
      ['2027-10-24T07:00', '2027-10-30T07:00', '2027-11-01T08:00'],
    ],
    [
      'America/New_York in spring',
      { timeZone: 'America/New_York', lastDay: '2027-03-14' },
      ['2027-03-07T14:00', '2027-03-13T14:00', '2027-03-15T13:00'],
    ],
    [
      'America/New_York in autumn',
      { timeZone: 'America/New_York', lastDay: '2027-11-07' },
      ['2027-10-31T13:00', '2027-11-06T13:00', '2027-11-08T14:00'],
    ],
    [
      'Australia/Lord_Howe, half an hour, in autumn',
      { timeZone: 'Australia/Lord_Howe', lastDay: '2027-04-04' },
      ['2027-03-27T22:00', '2027-04-02T22:00', '2027-04-04T22:30'],
    ],
    [
      'Australia/Lord_Howe in spring',
      { timeZone: 'Australia/Lord_Howe', lastDay: '2027-10-03' },
      ['2027-09-25T22:30', '2027-10-01T22:30', '2027-10-03T22:00'],
    ],
    [
      'Pacific/Kiritimati',
      { timeZone: 'Pacific/Kiritimati', lastDay: '2027-12-31' },
      ['2027-12-23T19:00', '2027-12-29T19:00', '2027-12-31T19:00'],
    ],
    [
      'Asia/Beirut, which skips midnight',
      { timeZone: 'Asia/Beirut', lastDay: '2027-03-27' },
      ['2027-03-20T07:00', '2027-03-26T07:00', '2027-03-28T06:00'],
    ],
    [
      'America/Sao_Paulo, which skipped midnight',
      { timeZone: 'America/Sao_Paulo', lastDay: '2018-11-03' },
      ['2018-10-27T12:00', '2018-11-02T12:00', '2018-11-04T11:00'],
    ],
    [
      'a notice in the hour that does not exist',
      { timeZone: 'Europe/Berlin', noticeAt: '02:30', lastDay: '2027-03-29' },
      ['2027-03-22T01:30', '2027-03-28T01:30', '2027-03-30T00:30'],
    ],
    [
      'a notice in the hour that comes twice: the first time',
      { timeZone: 'Europe/Berlin', noticeAt: '02:30', lastDay: '2027-11-01' },
      ['2027-10-25T00:30', '2027-10-31T00:30', '2027-11-02T01:30'],
    ],
    [
      'the notice of the end in the hour that does not exist',
      { timeZone: 'Europe/Berlin', noticeAt: '02:30', lastDay: '2027-03-27', remindDays: [] },
      ['2027-03-28T01:30'],
    ],
    [
      'a notice at midnight',
      { noticeAt: '00:00', lastDay: '2027-01-31', remindDays: [0] },
      ['2027-01-31T00:00', '2027-02-01T00:00'],
    ],
    [
      'the last minute of the day',
      { noticeAt: '23:59', lastDay: '2027-01-31', remindDays: [0] },
      ['2027-01-31T23:59', '2027-02-01T23:59'],
    ],
  ])('%s', (_, input, expected) => {
    expect(noticesOf(input)).toEqual(expected.map((minute) => `${minute}:00.000Z`));
  });

  it.each([
    'Europe/Berlin',
    'Europe/London',
    'America/New_York',
    'America/Santiago',
    'America/Havana',
    'Africa/Cairo',
    'Asia/Beirut',
    'Australia/Lord_Howe',
  ])('come at their hour of the right day on every day of a year with both changes, in %s', (timeZone) => {
    const local = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
    const offsets = new Set<number>();
    for (let day = 0; day < 365; day += 1) {
      const date = (shift: number) => new Date(Date.UTC(2027, 0, 1 + day + shift)).toISOString().slice(0, 10);
      const notices = noticesOf({ timeZone, lastDay: date(0) }).map((at) => new Date(at));
      expect(notices.map((at) => local.format(at))).toEqual([
        `${date(-7)} 09:00`,
        `${date(-1)} 09:00`,
        `${date(1)} 09:00`,
      ]);
      offsets.add(Date.parse(`${date(1)}T09:00Z`) - notices[2]!.getTime());
    }
    expect(offsets.size).toBe(2);
  });

  it('one minute before a reminder it is the next, and from its instant on the one after it', () => {
    const end = endingOn({ lastDay: '2027-01-31' });
    const nextAt = (at: string) =>
      nextNoticeOf({ ...end, at: new Date(at) })
        .toISOString()
        .slice(0, 10);
    expect(nextAt('2027-01-24T08:59:00Z')).toBe('2027-01-24');
    for (const at of ['2027-01-24T09:00:00Z', '2027-01-24T09:01:00Z']) expect(nextAt(at)).toBe('2027-01-30');
    expect(nextAt('2027-01-30T09:01:00Z')).toBe('2027-02-01');
  });

  it('never remind of an end that came before the last day', () => {
    const end = endingOn({ lastDay: '2027-01-31', remindDays: [0] });
    const next = nextNoticeOf({ ...end, expiresAt: new Date('2027-01-29T12:00:00Z'), at: end.since });
    expect(next).toEqual(new Date('2027-01-30T09:00:00Z'));
  });

  it('are refused in a zone that no calendar knows', () => {
    const end = endingOn({ lastDay: '2027-01-31' });
    const unknown = { ...end.settings, timeZone: 'IST' };
    const refused = expect.objectContaining({ code: 'TIME_ZONE_UNKNOWN' });
    expect(() => nextNoticeOf({ ...end, settings: unknown, at: end.since })).toThrow(refused);
  });

  // From noon the half of so many days to midnight is 6 hours after that many half days.
  it.each([
    ['a day: no reminder', '2027-01-30T12:00:00Z', ['2027-02-01']],
    ['two days: none', '2027-01-29T12:00:00Z', ['2027-02-01']],
    ['three days: the one of the day before', '2027-01-28T12:00:00Z', ['2027-01-30', '2027-02-01']],
    ['two weeks: not the one of a week before', '2027-01-17T12:00:00Z', ['2027-01-30', '2027-02-01']],
    ['fifteen days and a half: just that one too', '2027-01-16T12:00:00Z', ['2027-01-24', '2027-01-30', '2027-02-01']],
  ])('that has %s', (_, since, days) => {
    expect(noticesOf({ lastDay: '2027-01-31', since }).map((at) => at.slice(0, 10))).toEqual(days);
  });

  it('a reminder at exactly half of the time is sent, and one a moment before is not', () => {
    const reminder = new Date('2027-01-24T09:00:00Z');
    const { expiresAt } = endingOn({ lastDay: '2027-01-31' });
    const since = (shiftMs: number) => new Date(2 * reminder.getTime() - expiresAt.getTime() + shiftMs).toISOString();
    expect(noticesOf({ lastDay: '2027-01-31', since: since(0) })[0]).toBe(reminder.toISOString());
    expect(noticesOf({ lastDay: '2027-01-31', since: since(2) })[0]).toBe('2027-01-30T09:00:00.000Z');
  });

  it('begins again after a renewal, which counts from the renewal', () => {
    const renewed = { lastDay: '2027-03-31', since: '2027-01-30T10:00:00Z' };
    expect(noticesOf(renewed).map((at) => at.slice(0, 10))).toEqual(['2027-03-24', '2027-03-30', '2027-04-01']);
  });

  it('planned after the end is the next one, and none is planned for the past', () => {
    const end = endingOn({ lastDay: '2027-01-31' });
    const at = new Date('2027-02-03T09:00:00Z');
    expect(nextNoticeOf({ ...end, at })).toEqual(at);
    expect(nextNoticeOf({ ...end, at: new Date(at.getTime() + 1) })).toEqual(new Date('2027-02-04T09:00:00Z'));
  });
});

it('never comes before its hour, in the first half, or as a reminder after the end', () => {
  const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Beirut', 'Pacific/Apia'];
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: 0, max: 23 * 60 + 59 }),
      fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 4 }),
      fc.integer({ min: 0, max: 365 }),
      fc.integer({ min: 0, max: 90 * 24 * 60 }),
      (timeZone, minute, remindDays, day, beforeMinutes) => {
        const noticeAt = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
        const lastDay = new Date(Date.UTC(2027, 0, 1 + day)).toISOString().slice(0, 10);
        const { expiresAt, settings } = endingOn({ timeZone, noticeAt, remindDays, lastDay });
        const since = new Date(expiresAt.getTime() - beforeMinutes * MINUTE);
        const next = nextNoticeOf({ settings, lastDay, expiresAt, since, remindedDays: null, at: since });
        expect(next.getTime()).toBeGreaterThanOrEqual((since.getTime() + expiresAt.getTime()) / 2);
        if (next >= expiresAt) expect(next).toEqual(noticeOfEnd({ expiresAt, settings }));
        else
          expect(remindDays.map(String)).toContain(
            String(daysBetween(dayOf({ at: next.toISOString(), timeZone }), lastDay)),
          );
        expect(next.getTime() - expiresAt.getTime()).toBeLessThan(25 * 3_600_000 + 1);
      },
    ),
  );
});

const daysBetween = (day: string, later: string): number => (Date.parse(later) - Date.parse(day)) / DAY;
