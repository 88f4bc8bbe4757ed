import * as fc from 'fast-check';
import { FIRST, play, steps, subscribers, worthAt, type Snapshot } from '../../../testing/random/mrr-histories';
import type { Figure } from '../report-content';
import type { ReportFilters } from '../report-type';
import type { ReportWindow } from '../calendar/window';
import { beforeSubscriptions, endOfWalk, walkOn, type CountingSubscription } from './counting-subscriptions';
import { addToCustomer, customerFigures, noCustomers } from './customer-totals';
import { countedPart, type MovementFact } from './movement-fact';
import { addMovements, addStart, mrrContent, noMrr } from './mrr-totals';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const HISTORIES = 500;

const windowOf = (fromDay: number, days: number): ReportWindow => {
  const [startMs, endMs] = [FIRST + fromDay * DAY, FIRST + (fromDay + days) * DAY];
  const dateOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  return {
    period: null,
    from: dateOf(startMs),
    to: dateOf(endMs - 1),
    timeZone: 'UTC',
    startAt: new Date(startMs).toISOString(),
    endAt: new Date(endMs).toISOString(),
    hours: days * 24,
    bridge: false,
  };
};

/** Makes the report as the gatherer does. */
function report(facts: readonly MovementFact[], window: ReportWindow, filters: ReportFilters) {
  const [startAt, endAt] = [new Date(window.startAt), new Date(window.endAt)];
  const counted = facts
    .filter(({ at }) => at < endAt)
    .flatMap((fact) => {
      const part = countedPart(fact, filters);
      return part ? [{ fact, part }] : [];
    });
  const start = new Map<string, number>();
  for (const { fact, part } of counted.filter((one) => one.fact.at < startAt))
    start.set(fact.currency, (start.get(fact.currency) ?? 0) + part.deltaMinor);
  const movements = counted.filter((one) => one.fact.at >= startAt);
  const mrr = mrrContent(addMovements(addStart(noMrr, start), movements, window), window, filters);

  let customers = noCustomers;
  const byCustomer = counted.toSorted((one, other) => (one.fact.customer < other.fact.customer ? -1 : 1));
  for (const { fact, part } of byCustomer) customers = addToCustomer(customers, fact, part, fact.at < startAt);
  let walk = beforeSubscriptions;
  const counting: (CountingSubscription | null)[] = [];
  const bySubscription = counted.toSorted((one, other) =>
    one.fact.subscriptionId < other.fact.subscriptionId ? -1 : 1,
  );
  for (const { fact, part } of bySubscription) {
    const step = walkOn(walk, fact, part);
    counting.push(step.ended);
    walk = step.walk;
  }
  return {
    ...mrr,
    customers: customerFigures(customers, filters),
    movements,
    counting: [...counting, endOfWalk(walk)].filter((one) => one !== null),
  };
}

const valueOf = (figures: readonly Figure[], id: string, currency: string | null = null): number | null =>
  figures.find((figure) => figure.id === id && figure.currency === currency && figure.by === null)?.value ?? 0;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const filtersOf = fc.constantFrom<ReportFilters>(
  {},
  {},
  { currency: 'KWD' },
  { planId: 'yen_year' },
  { planId: 'yen_day' },
  { planId: 'dinar_week' },
);
const cases = fc.tuple(steps, fc.nat({ max: 30 }), fc.integer({ min: 1, max: 31 }), filtersOf);

describe(`${HISTORIES} random histories of subscriptions`, () => {
  it('MRR at the end = MRR at the start + its movements = that of a simple model', () => {
    const seen = new Set<string>();
    const property = fc.property(cases, ([history, fromDay, days, filters]) => {
      const { facts, snapshots } = play(history);
      const window = windowOf(fromDay, days);
      const { figures, series, movements, counting } = report(facts, window, filters);
      for (const { part } of movements) seen.add(part.kind);
      for (const currency of ['JPY', 'KWD']) {
        const inCurrency = { ...filters, currency };
        const isAsked = filters.currency === undefined || filters.currency === currency;
        const model = (at: string) => (isAsked ? sum(worthAt({ snapshots }, Date.parse(at), inCurrency)) : 0);
        const [start, end] = [valueOf(figures, 'mrr_start', currency)!, valueOf(figures, 'mrr_end', currency)!];
        expect([start, end]).toEqual([model(window.startAt), model(window.endAt)]);
        const moved = movements.filter(({ fact }) => fact.currency === currency);
        expect(start + sum(moved.map(({ part }) => part.deltaMinor))).toBe(end);
        const kinds = figures.filter(({ id, by }) => id.startsWith('mrr_') && by === null && !/start|end/.test(id));
        expect(sum(kinds.filter((one) => one.currency === currency).map(({ value }) => value!))).toBe(end - start);
        const listed = counting.filter((one) => one.currency === currency).map(({ valueMinor }) => valueMinor);
        const worth = isAsked ? worthAt({ snapshots }, Date.parse(window.endAt), inCurrency) : [];
        expect(listed).toEqual(worth.filter((minor) => minor > 0));
        const { points } = series.find((one) => one.currency === currency) ?? { points: [] };
        const stepMs = days === 1 ? HOUR : DAY;
        const ends = points.map((_, index) => new Date(Date.parse(window.startAt) + (index + 1) * stepMs));
        expect(points.map(({ value }) => value)).toEqual(ends.map((at) => model(at.toISOString())));
      }
    });
    fc.assert(property, { numRuns: HISTORIES });
    expect([...seen].toSorted()).toEqual(
      ['new', 'reactivation', 'resumed', 'expansion', 'contraction', 'paused', 'churn', 'transfer'].toSorted(),
    );
  });

  it('customers at the end = at the start + won − lost, those who came and went apart', () => {
    const property = fc.property(cases, ([history, fromDay, days, filters]) => {
      const { facts, snapshots } = play(history);
      const window = windowOf(fromDay, days);
      const { customers } = report(facts, window, filters);
      const payersAt = (at: string) => {
        const worth = worthAt({ snapshots }, Date.parse(at), filters);
        return new Set(subscribers.filter((_, index) => worth[index]! > 0).map(({ customer }) => customer));
      };
      const [start, end] = [payersAt(window.startAt), payersAt(window.endAt)];
      const lost = without(start, end).length;
      expect(valueOf(customers, 'customers_start')).toBe(start.size);
      expect(valueOf(customers, 'customers_end')).toBe(end.size);
      expect(valueOf(customers, 'customers_lost')).toBe(lost);
      expect(valueOf(customers, 'customers_won')).toBe(without(end, start).length);
      const within = without(without(payersWithin(snapshots, window, filters), start), end).length;
      expect(valueOf(customers, 'customers_within')).toBe(within);
      const churn = customers.find(({ id }) => id === 'customer_churn_rate')!.value;
      expect(churn).toBe(start.size === 0 ? null : Math.round((lost / start.size) * 10_000) / 10_000);
    });
    fc.assert(property, { numRuns: HISTORIES });
  });

  it('a movement is named for what the customer pays in the currency', () => {
    const property = fc.property(steps, (history) => {
      const { facts } = play(history);
      const paid = new Map<string, number>();
      for (const { kind, customer, currency, beforeMinor, afterMinor } of facts) {
        const key = `${customer}/${currency}`;
        const [before, isFirst] = [paid.get(key) ?? 0, !paid.has(key)];
        const after = before + afterMinor - beforeMinor;
        paid.set(key, after);
        if (kind === 'paused') expect(afterMinor).toBe(0);
        else if (kind === 'resumed') expect([beforeMinor, isFirst]).toEqual([0, false]);
        else if (before === 0) expect(kind).toBe(isFirst ? 'new' : 'reactivation');
        else if (after === 0) expect(kind).toBe('churn');
        else expect(kind).toBe(after > before ? 'expansion' : 'contraction');
      }
    });
    fc.assert(property, { numRuns: HISTORIES });
  });
});

const without = (some: Iterable<string>, others: ReadonlySet<string>): string[] =>
  [...some].filter((customer) => !others.has(customer));

/** Returns the customers who pay after some step in the window, by the model. */
function payersWithin(snapshots: Snapshot[], { startAt, endAt }: ReportWindow, filters: ReportFilters): Set<string> {
  const steps = snapshots.filter(({ at }) => at >= Date.parse(startAt) && at < Date.parse(endAt));
  return new Set(
    steps.flatMap((step) => {
      const worth = worthAt({ snapshots: [step] }, Infinity, filters);
      return subscribers.filter((_, index) => worth[index]! > 0).map(({ customer }) => customer);
    }),
  );
}
