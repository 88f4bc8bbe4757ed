import * as fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { localTimes } from './local-time';

describe('localTimes', () => {
  it('equals Temporal in zones of odd offsets, before and after their changes', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/Santiago'];
    const at = fc.integer({ min: Date.UTC(2025, 0), max: Date.UTC(2028, 0) });
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.array(at, { minLength: 1 }), (zone, instants) => {
        const toLocal = localTimes(zone);
        for (const ms of instants) {
          const zoned = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
          const expected = zoned.toString({ timeZoneName: 'never', fractionalSecondDigits: 3 });
          expect(toLocal(new Date(ms).toISOString())).toBe(expected);
        }
      }),
    );
  });

  it.each([
    ['2026-10-25T00:30:00Z', '2026-10-25T02:30:00+02:00'],
    ['2026-10-25T01:30:00Z', '2026-10-25T02:30:00+01:00'],
  ])('tells the hour that comes twice apart by its offset: %s', (instant, local) => {
    expect(localTimes('Europe/Berlin')(instant)).toBe(local);
  });
});
