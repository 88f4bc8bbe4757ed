import * as fc from 'fast-check';
import { endingOn, type EndingListing } from '../../../testing/random/ending-on';
import { dueNoticeOf, nextNoticeOf } from './notices';

const MINUTE = 60_000;

describe('a notice that is due', () => {
  const end = endingOn({ lastDay: '2027-01-31', remindDays: [7, 3, 1] });
  const due = (at: string) => dueNoticeOf({ ...end, at: new Date(at) });

  it.each([
    ['on time', '2027-01-24T09:00:00Z', 7, '2027-01-28T09:00:00.000Z'],
    ['a minute before midnight', '2027-01-24T23:59:00Z', 7, '2027-01-28T09:00:00.000Z'],
    ['a minute after midnight, with a day less', '2027-01-25T00:01:00Z', 6, '2027-01-28T09:00:00.000Z'],
    ['after a pause over two: once, for the nearest', '2027-01-29T15:00:00Z', 2, '2027-01-30T09:00:00.000Z'],
    ['after a pause over all: with the days that are left', '2027-01-30T15:00:00Z', 1, '2027-02-01T09:00:00.000Z'],
    ['on the last day', '2027-01-31T23:59:59.999Z', 0, '2027-02-01T09:00:00.000Z'],
  ])('is a reminder %s', (_, at, daysLeft, next) => {
    expect(due(at)).toEqual({ notice: { kind: 'reminder', daysLeft }, next: new Date(next) });
  });

  it('is no reminder where one was sent for as many days, or for fewer', () => {
    const at = new Date('2027-01-28T09:00:00Z');
    expect(dueNoticeOf({ ...end, remindedDays: 4, at }).notice).toEqual({ kind: 'reminder', daysLeft: 3 });
    const next = new Date('2027-01-30T09:00:00Z');
    expect(dueNoticeOf({ ...end, remindedDays: 3, at })).toEqual({ notice: null, next });
    expect(dueNoticeOf({ ...end, remindedDays: 1, at }).next).toEqual(new Date('2027-02-01T09:00:00Z'));
  });

  it.each<[string, EndingListing, string, string]>([
    ['the hour of notices is later', { noticeAt: '18:00', lastDay: '2027-01-31' }, '24T09:00', '24T18:00'],
    [
      'the partner is farther west',
      { timeZone: 'America/Los_Angeles', lastDay: '2027-01-31' },
      // 09:00 in Tokyo, and then in Los Angeles.
      '24T00:00',
      '24T17:00',
    ],
    ['its days are no longer reminded of', { remindDays: [1], lastDay: '2027-01-31' }, '24T09:00', '30T09:00'],
    ['the first half is longer', { lastDay: '2027-01-31', since: '2027-01-20T00:00:00Z' }, '24T09:00', '30T09:00'],
  ])('is planned again, and not sent, where by now %s', (_, input, at, next) => {
    const sent = dueNoticeOf({ ...endingOn(input), at: new Date(`2027-01-${at}:00Z`) });
    expect(sent).toEqual({ notice: null, next: new Date(`2027-01-${next}:00Z`) });
  });

  it('of the last minute of a day is a reminder of the day that has begun, which is not reminded of again', () => {
    const late = endingOn({ lastDay: '2027-01-31', noticeAt: '23:59', remindDays: [2, 1] });
    const dueAt = (at: string, remindedDays: number | null) => dueNoticeOf({ ...late, remindedDays, at: new Date(at) });
    const endNoticed = new Date('2027-02-01T23:59:00Z');
    // The sweep of every 5 minutes and a hop of an advance come after midnight.
    expect(dueAt('2027-01-30T00:00:00Z', null)).toEqual({
      notice: { kind: 'reminder', daysLeft: 1 },
      next: endNoticed,
    });
    const last = { ...late, settings: { ...late.settings, remindDays: [1] } };
    expect(dueNoticeOf({ ...last, at: new Date('2027-01-31T00:00:00Z') })).toEqual({
      notice: { kind: 'reminder', daysLeft: 0 },
      next: endNoticed,
    });
    expect(dueAt('2027-01-31T00:00:00Z', 1)).toEqual({ notice: null, next: endNoticed });
  });

  it('is no reminder where the end came in the same hop: the notice of the end follows', () => {
    // Two minutes before the midnight of Kiritimati, for a partner that has moved to Pago Pago since.
    const { lastDay, expiresAt, since } = endingOn({ timeZone: 'Pacific/Kiritimati', lastDay: '2027-01-31' });
    const settings = { timeZone: 'Pacific/Pago_Pago', noticeAt: '22:58', remindDays: [1] };
    const moved = { lastDay, expiresAt, since, settings, remindedDays: null };
    const planned = new Date('2027-01-31T09:58:00Z');
    expect(nextNoticeOf({ ...moved, at: since })).toEqual(planned);
    expect(dueNoticeOf({ ...moved, at: planned }).notice).toEqual({ kind: 'reminder', daysLeft: 1 });
    const next = new Date('2027-02-01T09:58:00Z');
    expect(dueNoticeOf({ ...moved, at: expiresAt })).toEqual({ notice: null, next });
  });

  it('is no reminder after the end, and the notice of the end not before its time', () => {
    expect(due('2027-02-01T00:00:00Z')).toEqual({ notice: null, next: new Date('2027-02-01T09:00:00Z') });
    expect(due('2027-02-01T08:59:00Z')).toEqual({ notice: null, next: new Date('2027-02-01T09:00:00Z') });
    expect(due('2027-02-01T09:00:00Z')).toEqual({ notice: { kind: 'end' }, next: null });
    expect(due('2027-02-10T00:00:00Z')).toEqual({ notice: { kind: 'end' }, next: null });
  });
});

it('names fewer days than the reminder before it, however the settings change in between', () => {
  const settings = fc.record({
    timeZone: fc.constantFrom('UTC', 'Asia/Tokyo', 'America/Los_Angeles', 'Pacific/Kiritimati', 'Pacific/Pago_Pago'),
    noticeAt: fc.constantFrom('00:00', '09:00', '18:00', '23:59'),
    remindDays: fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 }),
  });
  let reminders = 0;
  fc.assert(
    fc.property(settings, fc.array(fc.tuple(settings, fc.nat({ max: 5 })), { maxLength: 30 }), (first, changes) => {
      const end = endingOn({ ...first, lastDay: '2027-03-31' });
      let at = nextNoticeOf({ ...end, at: end.since });
      for (const [changed, lateMinutes] of changes) {
        at = new Date(at.getTime() + lateMinutes * MINUTE);
        const { notice, next } = dueNoticeOf({ ...end, settings: changed, at });
        if (next === null) return;
        expect(next.getTime()).toBeGreaterThan(at.getTime());
        if (notice?.kind === 'reminder') {
          reminders += 1;
          expect(notice.daysLeft).toBeLessThan(end.remindedDays ?? Infinity);
          expect(notice.daysLeft).toBeLessThanOrEqual(Math.max(...changed.remindDays));
          end.remindedDays = notice.daysLeft;
        }
        at = next;
      }
    }),
  );
  expect(reminders).toBeGreaterThan(50);
});
