import type { DueWindow } from './due-windows';
import { bridgeBetween, windowOfPeriod, type ReportWindow } from './window';
import { parsePeriod } from './period';
import { dueParts, partsOf, unreportedParts, type Span } from './window-parts';

const day = windowOfPeriod(parsePeriod('2026-05-02')!, 'America/New_York');
const at = (hour: string): string => `2026-05-${hour}:00:00.000Z`;
const span = (from: string, to: string): Span => ({ startAt: at(from), endAt: at(to) });
/** The parts in short, with `*` for what is reported. */
const shown = (window: ReportWindow, reported: readonly Span[]) =>
  partsOf(window, reported).map(
    ({ window: { startAt, endAt }, isReported }) =>
      `${startAt.slice(8, 13)}-${endAt.slice(8, 13)}${isReported ? '*' : ''}`,
  );

it.each([
  ['nothing', [], ['02T04-03T04']],
  ['its neighbours', [span('01T04', '02T04'), span('03T04', '04T04')], ['02T04-03T04']],
  ['all of it', [span('02T04', '03T04')], ['02T04-03T04*']],
  ['more than it', [span('01T00', '05T00')], ['02T04-03T04*']],
  ['its begin', [span('01T22', '02T22')], ['02T04-02T22*', '02T22-03T04']],
  ['its end', [span('02T22', '03T22')], ['02T04-02T22', '02T22-03T04*']],
  ['its middle', [span('02T10', '02T12')], ['02T04-02T10', '02T10-02T12*', '02T12-03T04']],
  [
    'two that share a time',
    [span('02T20', '03T00'), span('02T10', '02T22')],
    ['02T04-02T10', '02T10-02T22*', '02T22-03T00*', '03T00-03T04'],
  ],
])('a window of which is reported: %s', (_what, reported, expected) => {
  expect(shown(day, reported)).toEqual(expected);
});

it('a window that nothing has reported of stays as it is, and a part of one is a bridge', () => {
  expect(unreportedParts(day, [])[0]).toBe(day);
  const [part] = unreportedParts(day, [span('02T22', '03T22')]);
  expect(part).toEqual(bridgeBetween({ startAt: at('02T04'), endAt: at('02T22'), timeZone: day.timeZone }));
});

it('the parts of a window that is due have its firing and its outcome', () => {
  const due: DueWindow = { window: day, firedAt: at('03T10'), outcome: 'skipped', reason: 'paused' };
  expect(dueParts([due], [span('02T22', '03T22')])).toMatchObject([
    { firedAt: due.firedAt, reason: 'paused', isReported: false, window: { endAt: at('02T22') } },
    { firedAt: due.firedAt, reason: 'paused', isReported: true, window: { endAt: day.endAt } },
  ]);
});
