import { type WindowRequest, windowOf } from './requested-window';
import { previousWindow } from './window';

const request = (given: Partial<WindowRequest>): WindowRequest => ({
  timeZone: 'Europe/Berlin',
  now: '2026-11-29T12:00:00Z',
  ...given,
});

test('dates are both included, and the window before has as many', () => {
  const window = windowOf(request({ from: '2026-03-27', to: '2026-03-29' }));
  expect(window).toEqual({
    period: null,
    from: '2026-03-27',
    to: '2026-03-29',
    timeZone: 'Europe/Berlin',
    startAt: '2026-03-26T23:00:00.000Z',
    endAt: '2026-03-29T22:00:00.000Z',
    hours: 71,
    bridge: false,
  });
  expect(previousWindow(window)).toMatchObject({ from: '2026-03-24', to: '2026-03-26', endAt: window.startAt });
});

test('a window that has begun is allowed, however long it still lasts', () => {
  expect(windowOf(request({ period: '2026' })).endAt).toBe('2026-12-31T23:00:00.000Z');
  expect(windowOf(request({ period: '2026-11-29', now: '2026-11-28T23:00:00Z' })).hours).toBe(24);
});

test('400 dates are allowed, and one more is not', () => {
  expect(windowOf(request({ from: '2025-01-01', to: '2026-02-04' })).hours).toBe(400 * 24);
  expect(() => windowOf(request({ from: '2025-01-01', to: '2026-02-05' }))).toThrow(
    expect.objectContaining({ code: 'RANGE_TOO_LONG', pointer: '/to' }),
  );
});

test.each([
  ['a 53rd week in a year of 52', { period: '2025-W53' }, 'PERIOD_INVALID', '/period'],
  ['week 0', { period: '2026-W00' }, 'PERIOD_INVALID', '/period'],
  ['30 February', { period: '2026-02-30' }, 'PERIOD_INVALID', '/period'],
  ['29 February of no leap year', { period: '2026-02-29' }, 'PERIOD_INVALID', '/period'],
  ['month 13', { period: '2026-13' }, 'PERIOD_INVALID', '/period'],
  ['quarter 5', { period: '2026-Q5' }, 'PERIOD_INVALID', '/period'],
  ['a small letter', { period: '2026-w13' }, 'PERIOD_INVALID', '/period'],
  ['a short year', { period: '26' }, 'PERIOD_INVALID', '/period'],
  ['a time', { period: '2026-03-29T00:00' }, 'PERIOD_INVALID', '/period'],
  ['a line break', { period: '2026-03-29\n' }, 'PERIOD_INVALID', '/period'],
  ['a year before 2000', { period: '1999' }, 'PERIOD_INVALID', '/period'],
  ['a date before 2000', { from: '1999-12-31', to: '2000-01-01' }, 'PERIOD_INVALID', '/from'],
  ['nothing', {}, 'PERIOD_INVALID', '/period'],
  ['a period beside dates', { period: '2026', from: '2026-01-01' }, 'PERIOD_INVALID', '/period'],
  ['from alone', { from: '2026-01-01' }, 'PERIOD_INVALID', '/to'],
  ['to alone', { to: '2026-01-01' }, 'PERIOD_INVALID', '/from'],
  ['a month as a date', { from: '2026-01', to: '2026-02-01' }, 'PERIOD_INVALID', '/from'],
  ['dates in the wrong order', { from: '2026-02-02', to: '2026-02-01' }, 'PERIOD_INVALID', '/to'],
  ['tomorrow', { period: '2026-11-30' }, 'WINDOW_IN_FUTURE', '/period'],
  ['dates from tomorrow', { from: '2026-11-30', to: '2026-12-01' }, 'WINDOW_IN_FUTURE', '/from'],
  ['the last year', { period: '9999' }, 'WINDOW_IN_FUTURE', '/period'],
])('%s is refused', (_, given, code, pointer) => {
  expect(() => windowOf(request(given))).toThrow(expect.objectContaining({ code, pointer }));
});

test('today depends on the zone', () => {
  const now = '2026-11-29T12:00:00Z';
  expect(windowOf({ period: '2026-11-30', timeZone: 'Pacific/Kiritimati', now }).from).toBe('2026-11-30');
});

test('a zone that nobody knows is refused', () => {
  expect(() => windowOf(request({ period: '2026', timeZone: 'Mars/Olympus' }))).toThrow(
    expect.objectContaining({ code: 'TIME_ZONE_UNKNOWN' }),
  );
});
