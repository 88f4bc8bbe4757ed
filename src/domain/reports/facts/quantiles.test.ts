import * as fc from 'fast-check';
import { addExactly, addToBuckets, quantileOf, wantedBuckets } from './quantiles';
import { Tally } from './tally';

const ranks = [0.5, 0.9];

function quantilesOf(values: readonly number[]): (number | null)[] {
  const tally = new Tally();
  for (const value of values) addToBuckets(tally, 'd', value);
  const wanted = wantedBuckets(tally, 'd', ranks);
  for (const value of values) addExactly(tally, 'd', value, wanted);
  return ranks.map((rank) => quantileOf(tally, 'd', rank));
}

it('the median and the 90th percentile are exact, by nearest rank', () => {
  const value = fc.oneof(fc.integer({ min: 0, max: 5_000_000 }), fc.integer({ min: 2040, max: 2060 }));
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), (values) => {
      const sorted = values.toSorted((one, other) => one - other);
      expect(quantilesOf(values)).toEqual(ranks.map((rank) => sorted[Math.ceil(rank * sorted.length) - 1]));
    }),
    { numRuns: 300 },
  );
});

it('of one value, every percentile is that value; of none there is none', () => {
  expect(quantilesOf([7])).toEqual([7, 7]);
  expect(quantilesOf([])).toEqual([null, null]);
});

it('what is kept does not grow with the number of values', () => {
  const tally = new Tally();
  const values = Array.from({ length: 20_000 }, (_, index) => index * 100);
  for (const value of values) addToBuckets(tally, 'd', value);
  const wanted = wantedBuckets(tally, 'd', ranks);
  for (const value of values) addExactly(tally, 'd', value, wanted);
  expect(tally.counts().length).toBeLessThan(1100);
});
