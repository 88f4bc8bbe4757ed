import { dayOf, expiryOf, lastDayAfter, patchDuration, requireLastDay, requireOneDuration } from './duration';

const refused = expect.objectContaining({ code: 'DURATION_INVALID', pointer: '/lastDay' });

describe('a last day', () => {
  it.each([
    ['2026-11-21', '2026-11-21', 'today'],
    ['2027-11-21', '2026-11-21', 'in 365 days'],
    ['2028-02-28', '2027-02-28', 'in 365 days, before a leap day'],
    ['2028-02-29', '2027-12-01', 'a leap day'],
  ])('%s is accepted on %s: %s', (lastDay, today) => requireLastDay({ lastDay, today }));

  it.each([
    ['2026-11-20', '2026-11-21', /is over/],
    ['2027-11-22', '2026-11-21', /366 days away/],
    ['2027-02-29', '2026-11-21', /no day of the calendar/],
    ['2026-02-30', '2026-01-01', /no day of the calendar/],
    ['2026-13-01', '2026-01-01', /no day of the calendar/],
    ['0000-00-00', '2026-01-01', /no day of the calendar/],
  ])('%s is refused on %s', (lastDay, today, detail) => {
    expect(() => requireLastDay({ lastDay, today })).toThrow(refused);
    expect(() => requireLastDay({ lastDay, today })).toThrow(detail);
  });
});

it.each([
  ['2026-11-21T22:59:59.999Z', 'Europe/Berlin', '2026-11-21'],
  ['2026-11-21T23:00:00.000Z', 'Europe/Berlin', '2026-11-22'],
  ['2026-07-21T21:59:59.999Z', 'Europe/Berlin', '2026-07-21'],
  ['2026-07-21T22:00:00.000Z', 'Europe/Berlin', '2026-07-22'],
  ['2026-11-21T10:00:00.000Z', 'Pacific/Kiritimati', '2026-11-22'],
  ['2026-11-21T10:00:00.000Z', 'Pacific/Pago_Pago', '2026-11-20'],
  ['2026-11-21T18:14:59.000Z', 'Asia/Kathmandu', '2026-11-21'],
  ['2026-11-21T18:15:00.000Z', 'Asia/Kathmandu', '2026-11-22'],
])('%s in %s is on %s', (at, timeZone, expected) => expect(dayOf({ at, timeZone })).toBe(expected));

it('is a number of days, a last day or neither, and never both', () => {
  requireOneDuration({ durationDays: 30, lastDay: null });
  requireOneDuration({ durationDays: null, lastDay: '2026-11-21' });
  requireOneDuration({ durationDays: null, lastDay: null });
  expect(() => requireOneDuration({ durationDays: 30, lastDay: '2026-11-21' })).toThrow(refused);
});

describe('the midnight that ends a last day', () => {
  it.each([
    ['UTC', '2027-01-31', '2027-02-01T00:00:00.000Z'],
    ['UTC', '2028-02-28', '2028-02-29T00:00:00.000Z'],
    ['UTC', '2028-02-29', '2028-03-01T00:00:00.000Z'],
    ['Europe/Berlin', '2027-03-27', '2027-03-27T23:00:00.000Z'],
    ['Europe/Berlin', '2027-03-28', '2027-03-28T22:00:00.000Z'],
    ['Europe/Berlin', '2027-10-30', '2027-10-30T22:00:00.000Z'],
    ['Europe/Berlin', '2027-10-31', '2027-10-31T23:00:00.000Z'],
    ['America/New_York', '2027-03-13', '2027-03-14T05:00:00.000Z'],
    ['America/New_York', '2027-03-14', '2027-03-15T04:00:00.000Z'],
    ['America/New_York', '2027-11-06', '2027-11-07T04:00:00.000Z'],
    ['America/New_York', '2027-11-07', '2027-11-08T05:00:00.000Z'],
    ['Asia/Kolkata', '2027-01-31', '2027-01-31T18:30:00.000Z'],
    ['Australia/Lord_Howe', '2027-04-03', '2027-04-03T13:00:00.000Z'],
    ['Australia/Lord_Howe', '2027-04-04', '2027-04-04T13:30:00.000Z'],
    ['Pacific/Kiritimati', '2027-12-31', '2027-12-31T10:00:00.000Z'],
    // Midnight does not exist: the next day begins at 01:00.
    ['America/Sao_Paulo', '2018-11-03', '2018-11-04T03:00:00.000Z'],
    ['Asia/Beirut', '2027-03-27', '2027-03-27T22:00:00.000Z'],
    ['America/Havana', '2027-03-13', '2027-03-14T05:00:00.000Z'],
    // Samoa left out the whole of 30 December.
    ['Pacific/Apia', '2011-12-29', '2011-12-30T10:00:00.000Z'],
  ])('in %s, after %s, is %s', (timeZone, lastDay, expected) => {
    const expiresAt = expiryOf({ lastDay, timeZone });
    expect(expiresAt.toISOString()).toBe(expected);
    expect(dayOf({ at: new Date(expiresAt.getTime() - 1).toISOString(), timeZone })).toBe(lastDay);
  });

  it('is refused in a zone that no calendar knows', () => {
    const refused = expect.objectContaining({ code: 'TIME_ZONE_UNKNOWN' });
    expect(() => expiryOf({ lastDay: '2027-01-31', timeZone: 'IST' })).toThrow(refused);
  });
});

it.each([
  ['2027-01-01T10:00:00.000Z', 'UTC', 30, '2027-01-31'],
  ['2028-01-30T10:00:00.000Z', 'UTC', 30, '2028-02-29'],
  // The day of the approval is the partner's.
  ['2027-01-01T10:00:00.000Z', 'Pacific/Kiritimati', 30, '2027-02-01'],
  ['2027-03-27T23:30:00.000Z', 'Europe/Berlin', 1, '2027-03-29'],
])('approved at %s in %s, %i days end on %s', (at, timeZone, durationDays, expected) =>
  expect(lastDayAfter({ at, timeZone, durationDays })).toBe(expected),
);

describe('a changed duration', () => {
  const [none, byDays, byDay] = [
    { durationDays: null, lastDay: null },
    { durationDays: 30, lastDay: null },
    { durationDays: null, lastDay: '2027-03-26' },
  ];
  const patchOf = (publishedAt: Date | null) => (before: typeof none | typeof byDays | typeof byDay, patch: object) =>
    patchDuration({ listing: { _id: 'lst_1', publishedAt, ...before }, patch });

  it.each([
    [byDays, {}, byDays],
    [byDays, { lastDay: byDay.lastDay }, byDay],
    [byDay, { durationDays: 30 }, byDays],
    [byDay, { lastDay: null }, none],
    [byDays, { durationDays: null }, none],
    [byDays, { durationDays: null, lastDay: byDay.lastDay }, byDay],
  ])('of %j by %j is %j until the listing is published', (before, patch, after) =>
    expect(patchOf(null)(before, patch)).toEqual(after),
  );

  it('is refused for both fields until then', () =>
    expect(() => patchOf(null)(none, { durationDays: 1, lastDay: byDay.lastDay })).toThrow(refused));

  const published = { durationDays: 30, lastDay: '2027-03-26' };
  const patchPublished = patchOf(new Date('2027-02-24'));
  it.each([{}, { durationDays: 30 }, { lastDay: '2027-03-26' }, { lastDay: null }, { ...published }])(
    'that is no change is accepted afterwards: %j',
    (patch) => expect(patchPublished(published as never, patch)).toEqual(published),
  );

  const given = { durationDays: null, lastDay: '2027-04-30', givenLastDay: '2027-03-26' };
  it.each([{ lastDay: '2027-03-26' }, { lastDay: '2027-04-30' }, { lastDay: '2027-03-26', durationDays: null }])(
    'that is no change is accepted after a renewal: %j',
    (patch) => expect(patchPublished(given as never, patch)).toEqual({ durationDays: null, lastDay: '2027-04-30' }),
  );

  it.each([
    [given, { lastDay: '2027-04-29' }, '/lastDay', /or send 2027-04-30/],
    [published, { durationDays: 31 }, '/durationDays', /or send 30\. .*renew/],
    [published, { durationDays: null }, '/durationDays', /or send 30/],
    [published, { lastDay: '2027-03-27' }, '/lastDay', /or send 2027-03-26/],
    [published, { durationDays: 30, lastDay: '2027-03-27' }, '/lastDay', /or send 2027-03-26/],
    [byDay, { durationDays: 30 }, '/durationDays', /: leave it out\. To lengthen/],
  ])('of %j by %j is refused afterwards at %s', (before, patch, pointer, detail) => {
    const change = () => patchPublished(before as never, patch);
    expect(change).toThrow(expect.objectContaining({ code: 'DURATION_INVALID', pointer }));
    expect(change).toThrow(detail);
  });
});
