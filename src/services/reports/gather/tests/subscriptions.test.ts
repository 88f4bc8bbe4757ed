import * as fc from 'fast-check';
import type { Figure, Row } from '../../../../domain/reports/report-content';
import type { ReportFilters } from '../../../../domain/reports/report-type';
import { subscriptionsReport } from '../../../../domain/reports/types/subscriptions';
import { FIRST, play, steps, subscribers, worthAt } from '../../../../testing/random/mrr-histories';
import { openTestDatabase, type TestDatabase } from '../../../../testing/servers/test-database';
import type { GatherScope } from '../gatherer';
import { subscriptionsGatherer } from '../subscriptions';

const DAY = 86_400_000;

let opened: TestDatabase;
beforeAll(async () => {
  opened = await openTestDatabase();
});
afterAll(() => opened?.drop());

/** Makes a report page by page; the state goes through JSON, as it is stored between pages. */
async function make(scope: GatherScope, limit: number): Promise<{ rows: Row[]; figures: Figure[] }> {
  const rows: Row[] = [];
  const figures: Figure[] = [];
  for (const name of subscriptionsReport.sections) {
    const section = subscriptionsGatherer.sections[name]!;
    let state = section.start(scope);
    for (let after: string | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
      const page = await section.readPage({ ...scope, after, limit, state });
      rows.push(...page.rows);
      state = JSON.parse(JSON.stringify(page.state));
      after = page.after;
    }
    figures.push(...section.contentOf(state, scope).figures);
  }
  return { rows, figures };
}

const scopeOf = (tenantId: string, filters: ReportFilters, asOf = new Date('2027-01-01T00:00:00Z')): GatherScope => ({
  database: opened.database,
  tenantId,
  filters,
  asOf,
  window: {
    period: null,
    from: '2026-03-11',
    to: '2026-03-30',
    timeZone: 'UTC',
    startAt: new Date(FIRST + 10 * DAY).toISOString(),
    endAt: new Date(FIRST + 30 * DAY).toISOString(),
    hours: 480,
    bridge: false,
  },
  before: null,
  previousAsOf: null,
});
const valueOf = (figures: readonly Figure[], id: string, currency: string | null = null) =>
  figures.find((figure) => figure.id === id && figure.currency === currency && figure.by === null)?.value ?? 0;
const column = (name: string) => subscriptionsReport.columns.findIndex(({ id }) => id === name);
const sum = (rows: readonly Row[], name: string) => rows.reduce((total, row) => total + Number(row[column(name)]), 0);

/** Stores a random history as the movements of a tenant. */
async function store(tenantId: string, seed: number) {
  const [history = []] = fc.sample(steps, { numRuns: 1, seed });
  const { facts, snapshots } = play(history);
  const numbers = new Map<string, number>();
  const next = (key: string) => numbers.set(key, (numbers.get(key) ?? 0) + 1).get(key)!;
  const documents = facts.map((fact) => ({
    ...fact,
    _id: `${fact.subscriptionId}/${String(next(fact.subscriptionId)).padStart(6, '0')}`.replace('sub', tenantId),
    tenantId,
    deltaMinor: fact.afterMinor - fact.beforeMinor,
    customerMinor: 0,
    customerMovement: next(`${fact.customer}/${fact.currency}`),
  }));
  await opened.database.models.mrrMovements.insertMany(documents);
  return { facts, snapshots };
}

it.each<[string, ReportFilters]>([
  ['everything', {}],
  ['one currency', { currency: 'JPY' }],
  ['one plan', { planId: 'dinar_week' }],
])('rows add up to the figures, in pages of any size, over %s', async (name, filters) => {
  for (const seed of [1, 2, 3, 4]) {
    const tenantId = `tnt-${name.replaceAll(' ', '')}-${seed}`;
    const { snapshots } = await store(tenantId, seed);
    const scope = scopeOf(tenantId, filters);
    const whole = await make(scope, 1000);
    expect(await make(scope, 3)).toEqual(whole);
    expect(await make(scope, 1)).toEqual(whole);
    expect(await subscriptionsGatherer.countRows(scope)).toBe(whole.rows.length);
    for (const currency of ['JPY', 'KWD']) {
      const rows = whole.rows.filter((row) => row[column('currency')] === currency);
      const movements = rows.filter(([row]) => row === 'movement');
      const counting = rows.filter(([row]) => row === 'subscription');
      const [start, end] = ['mrr_start', 'mrr_end'].map((id) => valueOf(whole.figures, id, currency));
      const model = (at: string) =>
        worthAt({ snapshots }, Date.parse(at), filters).reduce(
          (total, minor, index) => total + (subscribers[index]!.currency === currency ? minor : 0),
          0,
        );
      expect([start, end]).toEqual([model(scope.window.startAt), model(scope.window.endAt)]);
      expect(start! + sum(movements, 'change')).toBe(end);
      expect(sum(counting, 'value')).toBe(end);
    }
  }
});

it('figures are those that the type defines, in its order', async () => {
  await store('tnt-defined', 5);
  const { figures } = await make(scopeOf('tnt-defined', { planId: 'yen_year' }), 1000);
  const defined = subscriptionsReport.figures.map(({ id }) => id);
  expect([...new Set(figures.map(({ id }) => id))]).toEqual(defined);
});

it('movements recorded after asOf or dated after the window do not count, and another tenant’s never', async () => {
  const tenantId = 'tnt-late';
  await store(tenantId, 6);
  const scope = scopeOf(tenantId, {});
  const before = await make(scope, 1000);
  const late = new Date('2027-06-01T00:00:00Z');
  const at = new Date(FIRST + 20 * DAY);
  const { mrrMovements } = opened.database.models;
  const movement = {
    _id: 'zzz/000001',
    tenantId,
    subscriptionId: 'zzz',
    customer: 'late',
    currency: 'JPY',
    kind: 'new' as const,
    planIdBefore: 'yen_year',
    planId: 'yen_year',
    beforeMinor: 0,
    afterMinor: 100,
    deltaMinor: 100,
    customerMinor: 100,
    customerMovement: 1,
    reason: null,
    at,
    recordedAt: late,
  };
  // Dated before the window, but recorded late; and recorded in time, but dated after the window.
  const earlier = { ...movement, _id: 'yyy/000001', subscriptionId: 'yyy', customer: 'earlier', at: new Date(FIRST) };
  const later = { ...movement, _id: 'xxx/000001', subscriptionId: 'xxx', customer: 'later' };
  const dated = { at: new Date(FIRST + 31 * DAY), recordedAt: new Date(FIRST) };
  const foreign = { ...movement, _id: 'zzz/000002', tenantId: 'tnt-other', recordedAt: new Date(FIRST) };
  await mrrMovements.insertMany([movement, earlier, { ...later, ...dated }, foreign]);
  expect(await make(scope, 1000)).toEqual(before);
  expect(await subscriptionsGatherer.countRows(scope)).toBe(before.rows.length);
  const after = await make(scopeOf(tenantId, {}, late), 1000);
  expect(after.rows).toHaveLength(before.rows.length + 3);
  const [start, end] = ['mrr_start', 'mrr_end'] as const;
  expect(valueOf(after.figures, start, 'JPY')).toBe(valueOf(before.figures, start, 'JPY') + 100);
  expect(valueOf(after.figures, end, 'JPY')).toBe(valueOf(before.figures, end, 'JPY') + 200);
});

it('trials and dunning count by their milestones up to the end of the window', async () => {
  const { subscriptionMilestones } = opened.database.models;
  const tenantId = 'tnt-milestones';
  const about = { tenantId, planId: 'yen_year', currency: 'JPY', recordedAt: new Date(FIRST) };
  const milestone = (_id: string, kind: string, day: number, invoiceId: string | null = null) => ({
    ...about,
    _id: `${_id}/${kind}`,
    subscriptionId: _id.slice(0, 1),
    kind: kind as 'trial_lost',
    invoiceId,
    at: new Date(FIRST + day * DAY),
  });
  await subscriptionMilestones.insertMany([
    milestone('a/000001', 'trial_converted', 9),
    milestone('b/000001', 'trial_converted', 11),
    milestone('c/000001', 'trial_lost', 12),
    milestone('c/000001', 'dunning_begun', 12, 'inv_c'),
    milestone('c/000002', 'dunning_recovered', 14, 'inv_c'),
    milestone('d/000001', 'dunning_begun', 9, 'inv_d'),
    milestone('d/000002', 'dunning_given_up', 16, 'inv_d'),
    milestone('e/000001', 'dunning_begun', 13, 'inv_e'),
    milestone('e/000002', 'dunning_given_up', 20, 'inv_e'),
    milestone('e/000003', 'dunning_recovered', 31, 'inv_e'),
    milestone('f/000001', 'dunning_begun', 29, 'inv_f'),
    milestone('f/000002', 'dunning_recovered', 30, 'inv_f'),
  ]);
  const scope = scopeOf(tenantId, {});
  const { figures } = await make(scope, 2);
  const of = (id: string) => figures.find((figure) => figure.id === id)!.value;
  expect(['trials_ended', 'trials_converted', 'trials_lost', 'trial_conversion_rate'].map(of)).toEqual([2, 1, 1, 0.5]);
  expect(['dunning_begun', 'dunning_recovered', 'dunning_given_up', 'dunning_open'].map(of)).toEqual([3, 1, 1, 1]);
  expect(await make(scope, 1000)).toMatchObject({ figures });

  // Recorded late, of another tenant, or of another currency and plan.
  const late = { recordedAt: new Date('2027-06-01T00:00:00Z') };
  await subscriptionMilestones.insertMany([
    { ...milestone('g/000001', 'trial_converted', 12), ...late },
    { ...milestone('f/000003', 'dunning_recovered', 29, 'inv_f'), ...late },
    { ...milestone('h/000001', 'trial_lost', 12), tenantId: 'tnt-other' },
  ]);
  expect(await make(scope, 1000)).toMatchObject({ figures });
  await subscriptionMilestones.insertMany([
    { ...milestone('i/000001', 'trial_lost', 12), planId: 'dinar_week', currency: 'KWD' },
  ]);
  const trialsOf = async (filters: ReportFilters) =>
    valueOf((await make(scopeOf(tenantId, filters), 1000)).figures, 'trials_ended');
  expect(await Promise.all([{}, { currency: 'JPY' }, { planId: 'yen_year' }].map(trialsOf))).toEqual([3, 2, 2]);
});
