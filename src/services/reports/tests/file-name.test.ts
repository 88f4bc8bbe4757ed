import { bridgeBetween, periodContaining } from '../../../domain/reports/calendar/window';
import { fileNameOf } from '../generate-file';

const type = 'payments';
const zone = { timeZone: 'Europe/Berlin' };
const [startAt, endAt] = ['2027-05-03T22:00:00.000Z', '2027-05-04T04:00:00.000Z'];
const march = periodContaining({ instant: '2026-03-10T00:00:00Z', kind: 'month', ...zone });

it.each([
  ['a month', march, 'payments-2026-03.csv'],
  ['a range of dates', { ...march, period: null }, 'payments-2026-03-01_2026-03-31.csv'],
  ['a bridge', bridgeBetween({ startAt, endAt, ...zone }), 'payments-20270503T220000Z_20270504T040000Z.csv'],
])('the file of %s is named for its type and window', (_what, window, name) => {
  expect(fileNameOf({ type, window }, 'csv')).toBe(name);
});
