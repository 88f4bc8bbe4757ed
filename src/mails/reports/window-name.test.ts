import { bridgeBetween } from '../../domain/reports/calendar/window';
import { windowName } from './window-name';

const bridge = bridgeBetween({
  startAt: '2027-05-03T22:00:00.000Z',
  endAt: '2027-05-04T04:00:00.000Z',
  timeZone: 'America/New_York',
});

it.each([
  ['en', '3 May 2027 at 18:00 to 4 May 2027 at 00:00 (America/New_York)'],
  ['de', '3. Mai 2027 um 18:00 bis 4. Mai 2027 um 00:00 (America/New_York)'],
] as const)('names a bridge with its times, in %s', (language, name) => {
  expect(windowName(bridge, language)).toBe(name);
});
