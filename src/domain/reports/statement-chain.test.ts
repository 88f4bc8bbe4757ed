import { windowOf } from './calendar/requested-window';
import { asOfOfStatement, newChainWarning, type AsOfOfStatementInput, type StatementTimes } from './statement-chain';

const at = (day: number): Date => new Date(Date.UTC(2026, 3, day));
const statement = (asOf: number, previousAsOf: number | null = null, hasSchedule = false): StatementTimes => ({
  hasSchedule,
  asOf: at(asOf),
  previousAsOf: previousAsOf === null ? null : at(previousAsOf),
});
const asOfOf = (neighbours: Partial<AsOfOfStatementInput>) =>
  asOfOfStatement({
    window: { period: '2026-03' },
    asOf: at(9),
    sharesAsOf: false,
    isScheduled: false,
    before: null,
    own: null,
    next: null,
    ...neighbours,
  });
const shared = { sharesAsOf: true };
const scheduled = { ...shared, isScheduled: true };

it.each([
  ['the first statement', {}, 9],
  ['one that is made again', { own: statement(2) }, 9],
  ['one after the month before', { before: statement(9) }, 9],
  ['one that failed after the next went on from it', { next: statement(6, 4) }, 4],
  ['one that was made again, and whose second did not end', { own: statement(2), next: statement(6, 4) }, 4],
  ['one that is made after the next, which went on from none', { next: statement(6) }, 6],
  ['one without an instant of its own', shared, 9],
  ['one without an instant of its own, beside another one', { ...shared, own: statement(2) }, 2],
  ['one of a second schedule, beside the first', { ...scheduled, own: statement(2, null, true) }, 2],
  ['one of a schedule, beside one that was ordered by hand', { ...scheduled, own: statement(2) }, 9],
  ['one of a second schedule, after the next', { ...scheduled, own: statement(4), next: statement(6, 4) }, 4],
  ['one of a schedule, whose newest did not end', { ...scheduled, own: statement(2), next: statement(6, 4) }, 4],
])('the asOf of %s joins its neighbours', (_which, neighbours, day) => {
  expect(asOfOf(neighbours)).toEqual(at(day));
});

it.each([
  ['WINDOW_CLOSED', 'the next went on from it', { own: statement(4), next: statement(6, 4) }],
  [
    'WINDOW_CLOSED',
    'the next went on from none, and it was made afterwards',
    { own: statement(6), next: statement(6) },
  ],
  ['WINDOW_CLOSED', 'nobody asked for an instant', { ...shared, own: statement(4), next: statement(6, 4) }],
  ['AS_OF_INVALID', 'the month before counts more', { before: statement(10) }],
  ['AS_OF_INVALID', 'the month before counts more than the next does', { before: statement(5), next: statement(6, 4) }],
])('is refused as %s where %s', (code, _where, neighbours) => {
  expect(() => asOfOf(neighbours)).toThrow(expect.objectContaining({ code }));
});

it.each([
  ['America/New_York', 'Europe/Berlin', 'from 2026-02-28T23:00:00.000Z until 2026-03-01T05:00:00.000Z', 'neither'],
  ['Europe/Berlin', 'America/New_York', 'from 2026-02-28T23:00:00.000Z until 2026-03-01T05:00:00.000Z', 'both'],
])('a statement in %s after one in %s says what is an entry of neither or of both', (zone, earlier, times, whose) => {
  const [march, february] = [
    ['2026-03', zone],
    ['2026-02', earlier],
  ].map(([period, timeZone]) => windowOf({ period, timeZone: timeZone!, now: '2026-07-01T00:00:00Z' }));
  const warning = newChainWarning(march!, february!);
  expect(warning).toContain(`What was posted ${times} is an entry of ${whose}.`);
  expect(warning).toMatch(new RegExp(`order this one with timeZone ${earlier}\\.$`));
});

it('a statement of a zone whose months end alike, but began otherwise, leaves nothing out', () => {
  const about = { now: '2026-07-01T00:00:00Z' };
  const april = windowOf({ ...about, period: '2026-04', timeZone: 'Africa/Johannesburg' });
  const march = windowOf({ ...about, period: '2026-03', timeZone: 'Europe/Berlin' });
  expect(march.endAt).toBe(april.startAt);
  expect(newChainWarning(april, march)).not.toContain('What was posted from');
});
