import { targetsOf } from '../transitions';
import { openReportStates, percentOf, reportTransitions, type ReportState } from './report';

/** Returns every way through the table from a state. */
function waysFrom(state: ReportState): ReportState[][] {
  const next = targetsOf(reportTransitions, state);
  return next.length === 0 ? [[state]] : next.flatMap((to) => waysFrom(to).map((way) => [state, ...way]));
}

/** Returns the percentages that a report shows on its way, with some rows gathered before each step. */
function percentagesOf(way: readonly ReportState[], of: number): number[] {
  const percentages: number[] = [];
  let reached: ReportState | undefined;
  let rows = 0;
  for (const state of way) {
    if (openReportStates.includes(state)) reached = state;
    percentages.push(percentOf({ state, rows, of, reached }));
    if (state !== 'gathering') continue;
    rows = Math.ceil(of / 2);
    percentages.push(percentOf({ state, rows, of, reached }));
  }
  return percentages;
}

it.each([0, 1, 90, 1_000_000])('the progress of a report of %d rows never falls, however it ends', (of) => {
  const ways = waysFrom('accepted');
  expect(ways.map((way) => way.at(-1))).toEqual(expect.arrayContaining(['expired', 'failed', 'cancelled']));
  for (const way of ways) {
    const shown = percentagesOf(way, of);
    expect([way, shown]).toEqual([way, shown.toSorted((one, other) => one - other)]);
  }
});

it('a report that ended badly shows how far it came', () => {
  const failed = { state: 'failed', rows: 50, of: 100 } as const;
  expect(percentOf({ ...failed, reached: 'storing' })).toBe(95);
  expect(percentOf({ ...failed, reached: 'gathering' })).toBe(37);
  expect(percentOf({ ...failed, reached: 'accepted' })).toBe(0);
});
