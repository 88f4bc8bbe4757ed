import { Temporal } from 'temporal-polyfill';
import type { ReportWindow } from '../calendar/window';
import { timeLabelsOf } from './time-labels';

function windowOf(from: string, to: string, timeZone: string): ReportWindow {
  const start = Temporal.PlainDate.from(from).toZonedDateTime(timeZone);
  const end = Temporal.PlainDate.from(to).add({ days: 1 }).toZonedDateTime(timeZone);
  const hours = (end.epochMilliseconds - start.epochMilliseconds) / 3_600_000;
  const [startAt, endAt] = [start, end].map((one) => one.toInstant().toString());
  return { period: null, from, to, timeZone, startAt: startAt!, endAt: endAt!, hours, bridge: false };
}
const hoursOf = (date: string, timeZone: string) => timeLabelsOf(windowOf(date, date, timeZone));

it('a day of 23 hours has no point for the skipped hour', () => {
  const { labels, labelOf } = hoursOf('2026-03-29', 'Europe/Berlin');
  expect(labels).toHaveLength(23);
  expect(labels).not.toContain('02:00');
  expect([labelOf(new Date('2026-03-29T00:59:59.999Z')), labelOf(new Date('2026-03-29T01:00:00Z'))]).toEqual([
    '01:00',
    '03:00',
  ]);
});

it('a day of 25 hours joins the hour that comes twice', () => {
  const { labels, labelOf } = hoursOf('2026-10-25', 'Europe/Berlin');
  expect(labels).toHaveLength(24);
  expect([labelOf(new Date('2026-10-25T00:30:00Z')), labelOf(new Date('2026-10-25T01:30:00Z'))]).toEqual([
    '02:00',
    '02:00',
  ]);
  expect(labelOf(new Date('2026-10-25T22:59:59.999Z'))).toBe('23:00');
});

it('a day that begins after midnight begins with its first hour', () => {
  expect(hoursOf('2026-09-06', 'America/Santiago').labels[0]).toBe('01:00');
});

it('clocks that change by half an hour, and offsets of quarters, keep every hour', () => {
  const spring = hoursOf('2026-10-04', 'Australia/Lord_Howe');
  expect(spring.labels).toHaveLength(24);
  // At 02:00 the clocks show 02:30: that hour lasts for 30 minutes.
  const around = ['2026-10-03T15:29:59Z', '2026-10-03T15:30:00Z', '2026-10-03T16:00:00Z'];
  expect(around.map((at) => spring.labelOf(new Date(at)))).toEqual(['01:00', '02:00', '03:00']);
  const { labels, labelOf } = hoursOf('2026-03-29', 'Asia/Kathmandu');
  expect(labels).toHaveLength(24);
  expect([labelOf(new Date('2026-03-28T18:15:00Z')), labelOf(new Date('2026-03-28T19:14:59Z'))]).toEqual([
    '00:00',
    '00:00',
  ]);
});

it('an instant belongs to the local date of its zone, on both sides of every midnight of a month', () => {
  for (const timeZone of ['Europe/Berlin', 'America/New_York', 'Africa/Cairo', 'America/Santiago', 'Asia/Kathmandu']) {
    const { labels, labelOf } = timeLabelsOf(windowOf('2026-03-01', '2026-04-30', timeZone));
    expect(labels).toHaveLength(61);
    for (const label of labels) {
      const startMs = Temporal.PlainDate.from(label).toZonedDateTime(timeZone).epochMilliseconds;
      const endMs = Temporal.PlainDate.from(label).add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds;
      expect([labelOf(new Date(startMs)), labelOf(new Date(endMs - 1))]).toEqual([label, label]);
    }
  }
});

it('a date that a zone leaves out has no point', () => {
  expect(timeLabelsOf(windowOf('2011-12-29', '2011-12-31', 'Pacific/Apia')).labels).toEqual([
    '2011-12-29',
    '2011-12-31',
  ]);
});
