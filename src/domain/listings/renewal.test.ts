import * as fc from 'fast-check';
import { dayOf, expiryOf } from './duration';
import {
  graceEndOf,
  lastDayAfterRenewal,
  renewByApproval,
  renewByCommand,
  requireWithinReach,
  type RenewableListing,
} from './renewal';

const MINUTE_MS = 60_000;
const minutes = (instant: Date, count: number): Date => new Date(instant.getTime() + count * MINUTE_MS);

/** Returns a published listing that ends with a day in a time zone. */
const endingOn = (lastDay: string, timeZone = 'UTC', changes: Partial<RenewableListing> = {}): RenewableListing => ({
  state: 'live',
  lastDay,
  expiresAt: expiryOf({ lastDay, timeZone }),
  approvedAt: null,
  ...changes,
});
const noon = (day: string): Date => new Date(`${day}T12:00:00Z`);

describe('before its end the days count from the last day, over', () => {
  it.each([
    ['UTC', '2027-01-31', 28, '2027-02-28', '2027-03-01T00:00:00.000Z', 'a February'],
    ['UTC', '2028-01-31', 29, '2028-02-29', '2028-03-01T00:00:00.000Z', 'a leap day'],
    ['UTC', '2028-02-29', 365, '2029-02-28', '2029-03-01T00:00:00.000Z', 'a year from a leap day'],
    ['Europe/Berlin', '2027-03-26', 2, '2027-03-28', '2027-03-28T22:00:00.000Z', 'the start of summer time'],
    ['Europe/Berlin', '2027-10-29', 2, '2027-10-31', '2027-10-31T23:00:00.000Z', 'its end'],
    ['America/New_York', '2027-03-12', 2, '2027-03-14', '2027-03-15T04:00:00.000Z', 'the start'],
    ['America/New_York', '2027-11-05', 2, '2027-11-07', '2027-11-08T05:00:00.000Z', 'the end'],
    ['America/Sao_Paulo', '2018-11-02', 1, '2018-11-03', '2018-11-04T03:00:00.000Z', 'a skipped midnight'],
    ['America/Sao_Paulo', '2018-02-15', 2, '2018-02-17', '2018-02-18T03:00:00.000Z', 'a repeated hour to midnight'],
    ['Africa/Cairo', '2027-04-28', 1, '2027-04-29', '2027-04-29T22:00:00.000Z', 'a skipped midnight'],
    ['Africa/Cairo', '2027-10-27', 1, '2027-10-28', '2027-10-28T22:00:00.000Z', 'a repeated hour to midnight'],
    ['Asia/Beirut', '2027-03-26', 1, '2027-03-27', '2027-03-27T22:00:00.000Z', 'a skipped midnight'],
    ['Asia/Beirut', '2027-10-29', 1, '2027-10-30', '2027-10-30T22:00:00.000Z', 'a repeated hour to midnight'],
    ['America/Havana', '2027-03-12', 1, '2027-03-13', '2027-03-14T05:00:00.000Z', 'a skipped midnight'],
    ['Australia/Lord_Howe', '2027-04-02', 2, '2027-04-04', '2027-04-04T13:30:00.000Z', 'half an hour'],
    ['Australia/Lord_Howe', '2027-10-02', 1, '2027-10-03', '2027-10-03T13:00:00.000Z', 'half an hour'],
    ['Pacific/Auckland', '2027-04-03', 1, '2027-04-04', '2027-04-04T12:00:00.000Z', 'the end'],
    ['Pacific/Auckland', '2027-09-25', 1, '2027-09-26', '2027-09-26T11:00:00.000Z', 'the start'],
  ])('%s, from %s %i days: %s, that is %s (%s)', (timeZone, lastDay, days, expected, expiresAt) => {
    const listing = endingOn(lastDay, timeZone);
    for (const at of [minutes(listing.expiresAt!, -60 * 24 * 3), minutes(listing.expiresAt!, -1)]) {
      const renewed = lastDayAfterRenewal({ listing, days, timeZone, at });
      expect(renewed).toBe(expected);
      expect(expiryOf({ lastDay: renewed, timeZone }).toISOString()).toBe(expiresAt);
    }
  });
});

describe('after its end the days count from today, as the zone has it', () => {
  it.each([
    ['Europe/Berlin', '2027-03-27T22:59:00Z', '2027-03-28', 'a minute to midnight'],
    ['Europe/Berlin', '2027-03-27T23:00:00Z', '2027-03-29', 'midnight'],
    ['Asia/Beirut', '2027-03-27T21:59:00Z', '2027-03-28', 'a minute to a midnight that is skipped'],
    ['Asia/Beirut', '2027-03-27T22:00:00Z', '2027-03-29', 'the first instant after it'],
    ['Africa/Cairo', '2027-10-28T21:30:00Z', '2027-10-29', 'the second time at half past eleven'],
    ['Pacific/Kiritimati', '2027-01-30T10:00:00Z', '2027-02-01', 'the last day of January'],
    ['America/New_York', '2028-02-29T04:59:00Z', '2028-02-29', 'a minute before the leap day'],
    ['America/New_York', '2028-02-29T05:00:00Z', '2028-03-01', 'the leap day'],
  ])('%s at %s, one day: %s (%s)', (timeZone, at, expected) => {
    const listing = endingOn('2027-01-15', timeZone);
    expect(lastDayAfterRenewal({ listing, days: 1, timeZone, at: new Date(at) })).toBe(expected);
  });

  it('from the instant of its end on, or once it was ended before it', () => {
    const listing = endingOn('2027-05-10', 'Europe/Berlin');
    const renewedAt = (at: Date, changes = {}) =>
      lastDayAfterRenewal({ listing: { ...listing, ...changes }, days: 5, timeZone: 'Europe/Berlin', at });
    expect(renewedAt(minutes(listing.expiresAt!, -1))).toBe('2027-05-15');
    expect(renewedAt(listing.expiresAt!)).toBe('2027-05-16');
    const endedAt = noon('2027-05-01');
    expect(renewedAt(endedAt, { state: 'expired', lastDay: '2027-05-01', expiresAt: endedAt })).toBe('2027-05-06');
  });
});

it('an expired listing whose end lies ahead loses no day', () => {
  const listing = endingOn('2027-05-10', 'Europe/Berlin', { state: 'expired' });
  const input = { listing, days: 5, timeZone: 'Europe/Berlin', at: noon('2027-04-20') };
  expect(renewByCommand({ ...input, graceDays: 0 })).toBe('2027-05-15');
  expect(renewByApproval(input)).toBe('2027-05-15');
});

describe('the days of grace', () => {
  const zones = ['Europe/Berlin', 'America/Sao_Paulo', 'Africa/Cairo', 'Asia/Beirut', 'Australia/Lord_Howe', 'UTC'];
  const renewAt = (listing: RenewableListing, timeZone: string, graceDays: number, at: Date) => () =>
    renewByCommand({ listing, days: 1, timeZone, graceDays, at });
  const tooLate = expect.objectContaining({ code: 'RENEWAL_TOO_LATE' });

  it.each(zones.flatMap((zone) => [0, 1, 30, 365].map((days) => [zone, days] as const)))(
    'in %s, %i of them, end with the midnight of the last one, to the minute',
    (timeZone, graceDays) => {
      const listing = endingOn('2026-11-05', timeZone);
      const end = graceEndOf({ listing, graceDays, timeZone });
      // Without grace the end of the listing is the limit.
      expect(end.getTime() - listing.expiresAt!.getTime()).toBeGreaterThanOrEqual(graceDays * 23 * 3_600_000);
      const dayBefore = (at: Date) => dayOf({ at: minutes(at, -1).toISOString(), timeZone });
      const counted = Date.parse(dayBefore(end)) - Date.parse(dayBefore(listing.expiresAt!));
      expect(counted).toBe(graceDays * 86_400_000);
      expect(renewAt(listing, timeZone, graceDays, minutes(end, -1))).not.toThrow();
      expect(renewAt(listing, timeZone, graceDays, end)).toThrow(tooLate);
      expect(renewAt(listing, timeZone, graceDays, minutes(end, 1))).toThrow(tooLate);
    },
  );

  it('are named with their last day, and with the remedy', () => {
    const listing = endingOn('2027-01-01');
    expect(renewAt(listing, 'UTC', 30, noon('2027-02-01'))).toThrow(/until 2027-01-31: submit it .* renewDays/);
  });

  it('count from the approval where that came after the end, so that a review is not needed twice', () => {
    const approvedAt = noon('2027-03-10');
    const listing = endingOn('2027-01-01', 'UTC', { state: 'expired', approvedAt });
    expect(graceEndOf({ listing, graceDays: 2, timeZone: 'UTC' })).toEqual(new Date('2027-03-13T00:00:00Z'));
    const before = { ...listing, approvedAt: noon('2026-12-01') };
    expect(graceEndOf({ listing: before, graceDays: 2, timeZone: 'UTC' })).toEqual(new Date('2027-01-04T00:00:00Z'));
  });

  it('last until the end of the day for a listing that was ended on it, even where there are none', () => {
    const expiresAt = noon('2027-05-01');
    const listing = endingOn('2027-05-01', 'UTC', { state: 'expired', expiresAt });
    expect(renewAt(listing, 'UTC', 0, new Date('2027-05-01T23:59:00Z'))()).toBe('2027-05-02');
    expect(renewAt(listing, 'UTC', 0, new Date('2027-05-02T00:00:00Z'))).toThrow(tooLate);
  });
});

describe('a last day that is more than 365 days ahead', () => {
  const timeZone = 'Europe/Berlin';
  const listing = endingOn('2027-06-30', timeZone);
  const midnight = expiryOf({ lastDay: '2027-01-10', timeZone });
  const reach = (at: Date, days: number) => () =>
    requireWithinReach({ listing, days, timeZone, at, field: 'renewDays' });

  it('is refused until the midnight that brings it within reach, to the minute', () => {
    // 195 days from 30 June are 11 January of the next year, 365 days after this one's.
    expect(reach(minutes(midnight, -1), 195)).toThrow(
      expect.objectContaining({ code: 'RENEWAL_TOO_FAR', pointer: '/renewDays' }),
    );
    expect(reach(midnight, 195)()).toBe('2028-01-11');
    expect(reach(minutes(midnight, 1), 195)()).toBe('2028-01-11');
  });

  it('is refused with the most that is allowed, which is accepted', () => {
    expect(reach(minutes(midnight, -1), 365)).toThrow(/would be 2028-06-29, and may be 2028-01-10 .* of 194 at most/);
    expect(reach(minutes(midnight, -1), 194)()).toBe('2028-01-10');
    const full = { listing: endingOn('2028-01-10', timeZone), timeZone, at: noon('2027-01-10'), field: 'days' };
    expect(() => requireWithinReach({ ...full, days: 1 })).toThrow(/renew the listing on a later day/);
  });

  it('is never that of an expired listing', () => {
    const at = minutes(listing.expiresAt!, 1);
    expect(renewByCommand({ listing, days: 365, timeZone, graceDays: 1, at })).toBe('2028-06-30');
  });

  it('is shortened where it comes with an approval, because the listing was renewed meanwhile', () => {
    expect(renewByApproval({ listing, days: 300, timeZone, at: noon('2027-01-10') })).toBe('2028-01-10');
    expect(renewByApproval({ listing, days: 30, timeZone, at: noon('2027-01-10') })).toBe('2027-07-30');
    const beyond = endingOn('2028-01-12', timeZone);
    expect(renewByApproval({ listing: beyond, days: 30, timeZone, at: noon('2027-01-10') })).toBe('2028-01-12');
    expect(renewByApproval({ listing, days: 10, timeZone, at: noon('2029-01-10') })).toBe('2029-01-20');
  });
});

it('loses no day where the partner moved to another time zone', () => {
  const listing = endingOn('2027-06-30', 'Pacific/Pago_Pago');
  const at = noon('2027-06-01');
  const lastDay = lastDayAfterRenewal({ listing, days: 1, timeZone: 'Pacific/Kiritimati', at });
  expect(expiryOf({ lastDay, timeZone: 'Pacific/Kiritimati' }).getTime()).toBeGreaterThan(listing.expiresAt!.getTime());
  expect(lastDayAfterRenewal({ listing, days: 1, timeZone: 'Pacific/Pago_Pago', at })).toBe('2027-07-01');
});

it('always lengthens, by at least 23 hours a day, and never beyond 365 days', () => {
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Beirut', 'Africa/Cairo', 'Pacific/Apia', 'America/Havana');
  const day = fc.date({ min: new Date('2024-01-01'), max: new Date('2032-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(zone, day, day, fc.integer({ min: 1, max: 365 }), (timeZone, end, at, days) => {
      const listing = endingOn(end.toISOString().slice(0, 10), timeZone);
      const lastDay = lastDayAfterRenewal({ listing, days, timeZone, at });
      const from = Math.max(at.getTime(), listing.expiresAt!.getTime());
      const expiresAt = expiryOf({ lastDay, timeZone }).getTime();
      expect(expiresAt - from).toBeGreaterThan(days * 86_400_000 - 2 * 3_600_000);
      const approved = expiryOf({ lastDay: renewByApproval({ listing, days, timeZone, at }), timeZone }).getTime();
      expect(approved).toBeLessThanOrEqual(Math.max(at.getTime() + 366.1 * 86_400_000, listing.expiresAt!.getTime()));
      expect(approved).toBeGreaterThanOrEqual(listing.expiresAt!.getTime());
    }),
    { numRuns: 300 },
  );
});
