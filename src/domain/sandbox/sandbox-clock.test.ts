import * as fc from 'fast-check';
import { advanceTarget, hopsOf, MAX_HOP_MS, nextHop } from './sandbox-clock';

const DAY = 86_400_000;
const MINUTE = 60_000;
const target = (by: string, from = '2027-01-31T12:00:00Z', timeZone = 'UTC') =>
  advanceTarget({ by, from: new Date(from), realNow: new Date(from), timeZone }).toISOString();

describe('advanceTarget', () => {
  it.each([
    ['P31D', '2027-03-03T12:00:00.000Z'],
    ['P1M', '2027-02-28T12:00:00.000Z'],
    ['P2W', '2027-02-14T12:00:00.000Z'],
    ['PT36H', '2027-02-02T00:00:00.000Z'],
    ['PT1S', '2027-01-31T12:00:01.000Z'],
    ['P0Y1DT2H3M4S', '2027-02-01T14:03:04.000Z'],
    ['P1Y1M1DT1S', '2028-03-01T12:00:01.000Z'],
    ['P400D', '2028-03-06T12:00:00.000Z'],
  ])('takes %s', (by, expected) => {
    expect(target(by)).toBe(expected);
  });

  it('counts days on the calendar of the partner and hours on the clock', () => {
    const eveOfSpring = '2027-03-27T12:00:00Z';
    expect(target('P1D', eveOfSpring, 'Europe/Berlin')).toBe('2027-03-28T11:00:00.000Z');
    expect(target('PT24H', eveOfSpring, 'Europe/Berlin')).toBe('2027-03-28T12:00:00.000Z');
    // 400 days that contain an hour more than 400 × 24 hours.
    expect(target('P400D', '2027-01-01T00:00:00Z', 'Europe/Berlin')).toBe('2028-02-05T00:00:00.000Z');
    expect(target('P215D', '2027-04-01T00:00:00Z', 'Europe/Berlin')).toBe('2027-11-02T01:00:00.000Z');
  });

  it.each([
    '',
    'P',
    'PT',
    'P1',
    '1D',
    'P1DT',
    '-P1D',
    'P-1D',
    '+P1D',
    'P1.5D',
    'PT1.5S',
    'p1d',
    'P1D ',
    ' P1D',
    'P1D\n',
    'P1S',
    'PT1D',
    'P1D1M',
    'P١D',
    'P0D',
    'PT0S',
    'P401D',
    'P400DT1S',
    'P14M',
    'P2Y',
    'P999999999Y',
    'PT999999999H',
    'P9999999999D',
    `P${'9'.repeat(400)}D`,
  ])('refuses %j, naming the field', (by) => {
    expect(() => target(by)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST', pointer: '/by' }));
  });

  it('leads at most twenty years ahead of real time in all, and names the latest instant', () => {
    const realNow = new Date('2027-01-31T12:00:00Z');
    const from = new Date('2047-01-01T12:00:00Z');
    const lead = (by: string) => advanceTarget({ by, from, realNow, timeZone: 'UTC' }).toISOString();
    expect(lead('P30D')).toBe('2047-01-31T12:00:00.000Z');
    for (const by of ['P30DT1S', 'P400D'])
      expect(() => lead(by)).toThrow(
        expect.objectContaining({
          code: 'INSTANT_TOO_LATE',
          pointer: '/by',
          message: expect.stringContaining('2047-01-31T12:00:00.000Z'),
        }),
      );
    expect(() => lead('P401D')).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
  });

  it('leads forward, and never further than 400 days and an hour', () => {
    const part = fc.nat({ max: 2000 });
    fc.assert(
      fc.property(part, part, part, part, (months, days, hours, seconds) => {
        const from = new Date('2027-01-31T12:00:00Z');
        try {
          const aheadMs =
            advanceTarget({
              by: `P${months}M${days}DT${hours}H${seconds}S`,
              from,
              realNow: from,
              timeZone: 'America/New_York',
            }).getTime() - from.getTime();
          expect(aheadMs).toBeGreaterThan(0);
          expect(aheadMs).toBeLessThanOrEqual(400 * DAY + 3_600_000);
        } catch (error) {
          expect(error).toMatchObject({ code: 'INVALID_REQUEST' });
        }
      }),
    );
  });
});

describe('nextHop', () => {
  it.each([
    ['ends a hop over quiet time a minute before the first timer', 30 * DAY, 30 * DAY - MINUTE],
    ['takes a day from where it stands when a timer fires within it', DAY / 2, DAY],
    ['takes a day when the first timer is just after it', DAY + MINUTE, DAY],
    ['takes a day when a timer has expired', -DAY, DAY],
    ['goes directly to the target when no timer is set', null, 400 * DAY],
    ['goes no further than the target', 500 * DAY, 400 * DAY],
  ])('%s', (_, nextTimerMs, expected) => {
    expect(nextHop({ nowMs: 0, targetMs: 400 * DAY, nextTimerMs })).toBe(expected);
  });

  it('moves forward, and by a day at most when a timer fires', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1 }),
        fc.option(fc.integer(), { nil: null }),
        (nowMs, wayMs, nextTimerMs) => {
          const hopMs = nextHop({ nowMs, targetMs: nowMs + wayMs, nextTimerMs });
          expect(hopMs).toBeGreaterThan(nowMs);
          expect(hopMs).toBeLessThanOrEqual(nowMs + wayMs);
          if (nextTimerMs !== null && nextTimerMs <= hopMs) expect(hopMs - nowMs).toBeLessThanOrEqual(MAX_HOP_MS);
        },
      ),
    );
  });
});

describe('hopsOf', () => {
  const from = new Date('2027-01-01T00:00:00Z');
  const at = (days: number) => new Date(from.getTime() + days * DAY);

  it.each([
    [8, 0, { done: 0, total: 8 }],
    [8, 3.5, { done: 3, total: 8 }],
    [8, 8, { done: 8, total: 8 }],
    [0.25, 0, { done: 0, total: 1 }],
    [0.25, 0.25, { done: 1, total: 1 }],
    [1.5, 1.5, { done: 2, total: 2 }],
  ])('of %d days, %d behind it', (way, gone, expected) => {
    expect(hopsOf({ from, target: at(way), reached: at(gone) })).toEqual(expected);
  });
});
