import { courseOf } from '../../../../domain/reports/facts/onboarding-course';
import { rowObject } from '../../../../domain/reports/report-type';
import { onboardingFunnelReport } from '../../../../domain/reports/types/onboarding-funnel';
import { openTestDatabase, type TestDatabase } from '../../../../testing/servers/test-database';
import type { GatherScope } from '../gatherer';
import { gatherers } from '../gatherers';
import { gatherAll, record, windowOf } from './gather-all';
import type { History } from './random-facts';
import { randomOnboardings } from './random-onboardings';

const LATER = new Date('2030-01-01T00:00:00Z');
const tenantId = 'ptn_a:live';
/** Three days of 23, 24 and 24 hours. */
const window = windowOf('2026-03-29', '2026-03-31');
const asOf = new Date('2026-04-01T02:00:00Z');
const around = new Date('2026-03-30T12:00:00Z');

let test: TestDatabase;
let history: History;
let scope: GatherScope & { type: 'onboarding_funnel' };

beforeAll(async () => {
  test = await openTestDatabase();
  const { database } = test;
  history = randomOnboardings({ tenantId, around, count: 70, seed: 21 });
  const type = 'onboarding_funnel';
  scope = { database, tenantId, window, before: null, filters: {}, asOf, previousAsOf: null, type };
  await record(database, randomOnboardings({ tenantId: 'ptn_b:live', around, count: 20, seed: 22 }), LATER);
  await record(database, history, asOf);
});
afterAll(() => test.drop());

/** The courses of those accepted in the window, from the model alone. */
const coursesOf = () =>
  history.entities
    .map(({ _id, events }) => ({ _id, course: courseOf(events, { endAt: new Date(window.endAt), asOf }) }))
    .filter(({ course }) => course !== null && course.acceptedAt >= new Date(window.startAt));

it('a row for each onboarding accepted in the window, as it stood at its end', async () => {
  const { rows } = await gatherAll(scope);
  const objects = rows.map((row) => rowObject(onboardingFunnelReport.columns, row));
  const expected = coursesOf().map(({ _id, course }) => [
    _id,
    course!.outcome,
    course!.verifiedAt?.toISOString() ?? null,
  ]);
  expect(expected.length).toBeGreaterThan(20);
  const sorted = (all: unknown[][]) => all.map((one) => one.join(' ')).toSorted();
  expect(sorted(objects.map(({ onboardingId, outcome, verifiedAt }) => [onboardingId, outcome, verifiedAt]))).toEqual(
    sorted(expected),
  );
  expect(await gatherers.onboarding_funnel.countRows(scope)).toBe(rows.length);
});

it('counts, shares and exact durations are those of the rows', async () => {
  const { rows, figures } = await gatherAll(scope);
  const objects = rows.map((row) => rowObject(onboardingFunnelReport.columns, row));
  const valueOf = (id: string) => figures.find((figure) => figure.id === id && figure.by === null)?.value;
  const verified = objects.filter(({ verifiedAt }) => verifiedAt !== null);
  expect(valueOf('funnel_accepted')).toBe(rows.length);
  expect(valueOf('funnel_verified')).toBe(verified.length);
  expect(valueOf('funnel_open')).toBe(objects.filter(({ outcome }) => outcome === 'open').length);
  expect(valueOf('funnel_open')! + valueOf('funnel_completed')! + valueOf('funnel_ended')!).toBe(rows.length);
  const ended = figures.filter(({ id, by }) => id === 'funnel_ended' && by !== null);
  expect(ended.reduce((sum, { value }) => sum + value!, 0)).toBe(valueOf('funnel_ended'));
  const seconds = verified
    .map(({ acceptedAt, verifiedAt }) =>
      Math.floor((Date.parse(String(verifiedAt)) - Date.parse(String(acceptedAt))) / 1000),
    )
    .toSorted((one, other) => one - other);
  expect(valueOf('verification_median')).toBe(seconds[Math.ceil(seconds.length * 0.5) - 1]);
  expect(valueOf('verification_p90')).toBe(seconds[Math.ceil(seconds.length * 0.9) - 1]);
});

it.each([1, 2, 7])('pages of %d onboardings give the same rows and figures', async (limit) => {
  expect(await gatherAll({ ...scope, limit })).toEqual(await gatherAll(scope));
});

it('a report of the same asOf is the same after everything has gone on', async () => {
  const earlier = await gatherAll(scope);
  await record(test.database, history, LATER);
  expect(await gatherAll(scope)).toEqual(earlier);
  expect(await gatherers.onboarding_funnel.countRows(scope)).toBe(earlier.rows.length);
  expect(await gatherAll({ ...scope, asOf: LATER })).not.toEqual(earlier);
});
