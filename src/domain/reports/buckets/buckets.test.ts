import * as fc from 'fast-check';
import { casesOf } from '../../../testing/long-form';
import { addEvent, summaryEvents, type SummaryEvent } from '../facts/summary-events';
import { Tally } from '../facts/tally';
import { windowOf } from '../calendar/requested-window';
import { addMoved, DAY_MS, QUARTER_MS, type Bucket, type BucketFact, type Moved } from './bucket';
import { BucketTally } from './bucket-tally';
import { eventOfCount, factOfEvent } from './facts';
import { foldBuckets, needQuarters } from './fold-buckets';
import { splitWindow } from './split-window';
import { oddZones } from '../../../testing/random/odd-zones';

const BEGIN_MS = Date.parse('2025-12-10T00:00:00Z');
const seed = casesOf<number | undefined>({ short: 20_261_130, long: undefined });
const RUNS = casesOf({ short: 200, long: 5000 });

const fact: fc.Arbitrary<BucketFact & { recordedDay: string }> = fc
  .record({
    // Half of the facts are near each other, so that quarters of an hour have several.
    atMs: fc.oneof(
      fc.integer({ min: 0, max: 6 * DAY_MS }),
      fc.integer({ min: 2 * DAY_MS, max: 2 * DAY_MS + QUARTER_MS }),
    ),
    lateMs: fc.oneof(fc.integer({ min: 0, max: 60_000 }), fc.integer({ min: 0, max: 3 * DAY_MS })),
    kind: fc.constantFrom('capture', 'refund'),
    currency: fc.constantFrom('JPY', 'KWD'),
    minor: fc.integer({ min: -5000, max: 5000 }),
  })
  .map(({ atMs, lateMs, kind, currency, minor }) => {
    const [at, recordedAt] = [new Date(BEGIN_MS + atMs), new Date(BEGIN_MS + atMs + lateMs)];
    const about = { source: 'posting', kind, detail: null, currency, at, recordedAt } as const;
    return {
      ...about,
      moved: { captured: minor, fulfilled: minor },
      recordedDay: recordedAt.toISOString().slice(0, 10),
    };
  });

const window = fc
  .record({ timeZone: fc.constantFrom(...oddZones), day: fc.nat({ max: 5 }), days: fc.integer({ min: 0, max: 5 }) })
  .map(({ timeZone, day, days }) => {
    const date = (offset: number) => new Date(BEGIN_MS + offset * DAY_MS).toISOString().slice(0, 10);
    const now = new Date(BEGIN_MS + 400 * DAY_MS).toISOString();
    return windowOf({ from: date(day), to: date(day + days), timeZone, now });
  });

/** The sums by era, kind and currency: by what a fold has counted, and the facts of the quarters that it left out. */
function sumsOf(
  facts: readonly BucketFact[],
  buckets: readonly Bucket[],
  input: { from: Date; to: Date; cuts: Date[] },
) {
  const { from, to, cuts } = input;
  const sums = new Map<string, { count: number; moved: Moved }>();
  const add = (key: unknown[], count: number, moved: Moved = {}) => {
    const sum = sums.get(key.join()) ?? { count: 0, moved: {} };
    sum.count += count;
    addMoved(sum.moved, moved);
    sums.set(key.join(), sum);
  };
  const { whole, edges } = splitWindow({ from, to });
  expect(edges).toEqual([]);
  const { counted, mixed } = foldBuckets({ buckets, range: whole!, cuts });
  for (const { era, kind, currency, count, moved } of counted) add([era, kind, currency], count, moved);
  for (const quarter of mixed)
    for (const one of facts.filter(({ at, kind }) => kind === quarter.kind && at >= quarter.from && at < quarter.to)) {
      const era = cuts.filter((cut) => one.recordedAt > cut).length;
      if (era < cuts.length) add([era, one.kind, one.currency], 1, one.moved);
    }
  return { sums, mixed };
}

function modelOf(facts: readonly BucketFact[], { from, to, cuts }: { from: Date; to: Date; cuts: Date[] }) {
  const sums = new Map<string, { count: number; moved: Moved }>();
  for (const { at, recordedAt, kind, currency, moved = {} } of facts) {
    const era = cuts.filter((cut) => recordedAt > cut).length;
    if (at < from || at >= to || era === cuts.length) continue;
    const key = [era, kind, currency].join();
    const sum = sums.get(key) ?? { count: 0, moved: {} };
    sum.count += 1;
    addMoved(sum.moved, moved);
    sums.set(key, sum);
  }
  return sums;
}

/** Counts facts in some parts, as processes do that count at the same time. */
function inParts(facts: readonly (BucketFact & { recordedDay: string })[], parts: number): Bucket[] {
  const tallies = Array.from({ length: parts }, () => new BucketTally());
  for (const [index, { recordedDay, ...one }] of facts.entries()) tallies[index % parts]!.add(one, recordedDay);
  return tallies.flatMap(({ buckets }) => [...buckets.values()]);
}

it('buckets say what their facts say, in any zone, up to any time of recording, in parts and without quarters', () => {
  let mixedQuarters = 0;
  let whole = 0;
  fc.assert(
    fc.property(
      fc.array(fact, { minLength: 20, maxLength: 60 }),
      window,
      fc.array(fc.nat(), { minLength: 1, maxLength: 2 }),
      fc.integer({ min: 1, max: 2 }),
      (facts, { startAt, endAt }, picked, parts) => {
        // The times at which some of the facts were recorded.
        const times = picked.map((pick) => facts[pick % facts.length]?.recordedAt ?? new Date(BEGIN_MS));
        const cuts = times.toSorted((one, other) => Number(one) - Number(other));
        const input = { from: new Date(startAt), to: new Date(endAt), cuts };
        const all = inParts(facts, parts);
        const close = new Set(needQuarters({ buckets: all, range: input, cuts }));
        const buckets = all.map((one) => (close.has(one.day) ? one : { ...one, quarters: {} }));
        const { sums, mixed } = sumsOf(facts, buckets, input);
        expect(sums).toEqual(modelOf(facts, input));
        mixedQuarters += mixed.length;
        whole += buckets.filter(({ day }) => !close.has(day)).length;
      },
    ),
    { numRuns: RUNS, seed },
  );
  expect(mixedQuarters).toBeGreaterThan(20);
  expect(whole).toBeGreaterThan(100);
});

it('facts in any order give the same buckets', () => {
  const one = fc.array(fact, { maxLength: 40 });
  fc.assert(
    fc.property(one, fc.infiniteStream(fc.nat()), (facts, order) => {
      const keyed = facts.map((each) => ({ each, key: order.next().value as number }));
      const shuffled = keyed.toSorted((left, right) => left.key - right.key).map(({ each }) => each);
      const [byKey, byOther] = [inParts(facts, 1), inParts(shuffled, 1)].map(
        (buckets) =>
          new Map(
            buckets.map((bucket) => [
              JSON.stringify([bucket.recordedDay, bucket.day, bucket.kind, bucket.currency]),
              bucket,
            ]),
          ),
      );
      expect(byOther).toEqual(byKey);
    }),
    { numRuns: RUNS, seed },
  );
});

it.each(oddZones)('a day of %s is a whole number of quarters of an hour', (timeZone) => {
  for (let day = 0; day < 400; day += 1) {
    const date = new Date(BEGIN_MS + day * DAY_MS).toISOString().slice(0, 10);
    const { startAt, endAt } = windowOf({
      period: date,
      timeZone,
      now: new Date(BEGIN_MS + 500 * DAY_MS).toISOString(),
    });
    expect(splitWindow({ from: new Date(startAt), to: new Date(endAt) }).edges).toEqual([]);
  }
});

it('a window splits into whole quarters and edges that join without gap or overlap', () => {
  fc.assert(
    fc.property(fc.nat({ max: 10 * QUARTER_MS }), fc.nat({ max: 10 * QUARTER_MS }), (fromMs, ms) => {
      const { whole, edges } = splitWindow({ from: new Date(fromMs), to: new Date(fromMs + ms) });
      const pieces = [...edges, ...(whole ? [whole] : [])].toSorted(
        (one, other) => Number(one.from) - Number(other.from),
      );
      const length = pieces.reduce((sum, { from, to }) => sum + Number(to) - Number(from), 0);
      expect(length).toBe(ms);
      expect(
        pieces.every(({ to }, index) => index === pieces.length - 1 || Number(to) === Number(pieces[index + 1]!.from)),
      ).toBe(true);
      for (const instant of whole ? [whole.from, whole.to] : []) expect(Number(instant) % QUARTER_MS).toBe(0);
    }),
    { seed },
  );
});

it('an event that is counted in a bucket is counted in the same figures, broken down by the same', () => {
  const data: SummaryEvent['data'][] = [
    {},
    { reason: 'card_expired' },
    { reason: '' },
    { reason: 7 },
    { standing: 'open' },
    { standing: 'inquiry' },
    { reason: 'fraud', standing: 'won' },
  ];
  const now = new Date(BEGIN_MS);
  for (const type of Object.keys(summaryEvents))
    for (const each of data) {
      const [one, other] = [new Tally(), new Tally()];
      addEvent(one, { type, data: each });
      addEvent(other, eventOfCount(factOfEvent({ type, data: each, at: now, recordedAt: now })), 1);
      expect(other.counts()).toEqual(one.counts());
    }
});
