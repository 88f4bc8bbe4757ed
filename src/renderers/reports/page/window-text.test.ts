import { bridgeBetween } from '../../../domain/reports/calendar/window';
import { windowText } from './window-text';

const zone = { timeZone: 'Europe/Berlin', startAt: '', endAt: '', hours: 0 };

describe('windowText', () => {
  it.each([
    ['2026-03-29', '2026-03-29', '2026-03-29', '29 March 2026'],
    ['2026-W13', '2026-03-23', '2026-03-29', '2026-W13, 23 March 2026 to 29 March 2026'],
    [null, '2025-12-31', '2026-01-01', '31 December 2025 to 1 January 2026'],
  ])('%s from %s to %s is "%s"', (period, from, to, text) => {
    expect(windowText({ ...zone, period, from, to, bridge: false })).toBe(text);
  });

  it('names a bridge with its times', () => {
    const [startAt, endAt] = ['2027-05-03T22:00:00.000Z', '2027-05-04T04:00:00.000Z'];
    const bridge = bridgeBetween({ startAt, endAt, timeZone: 'America/New_York' });
    expect(windowText(bridge)).toBe('3 May 2027 at 18:00 to 4 May 2027 at 00:00');
  });
});
