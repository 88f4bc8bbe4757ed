import {
  comparePositions,
  facetCounts,
  meetsFilters,
  positionOf,
  type SearchFacts,
  type SearchFilters,
} from './search-filters';

const all: SearchFilters = {
  text: null,
  categories: null,
  price: null,
  currency: null,
  attributeTerms: [],
  ownerRef: null,
  sort: 'newest',
  facets: [],
};
const AT = 1_000;
const golf: SearchFacts = {
  listingId: 'lst_golf',
  category: 'cars',
  amountMinor: 500,
  currency: 'EUR',
  ownerRef: 'dealer',
  attributes: { fuel: 'petrol' },
  attributeTerms: ['fuel=petrol'],
  publishedAtMs: 10,
  expiresAtMs: AT + 1,
};

const cases: [about: string, filters: Partial<SearchFilters>, facts: Partial<SearchFacts>, isFound: boolean][] = [
  ['no condition', {}, {}, true],
  ['its last instant', {}, { expiresAtMs: AT }, false],
  ['one of the categories', { categories: ['bikes', 'cars'] }, {}, true],
  ['no category of them', { categories: ['bikes'] }, {}, false],
  ['both bounds, inclusive', { price: { min: 500, max: 500 }, currency: 'EUR' }, {}, true],
  ['a price below', { price: { min: 501, max: null }, currency: 'EUR' }, {}, false],
  ['a price above', { price: { min: null, max: 499 }, currency: 'EUR' }, {}, false],
  ['another currency', { price: { min: 0, max: null }, currency: 'USD' }, {}, false],
  ['no price', { price: { min: 0, max: null }, currency: 'EUR' }, { amountMinor: null, currency: null }, false],
  ['a currency alone', { currency: 'USD' }, {}, true],
  ['the attribute', { attributeTerms: ['fuel=petrol'] }, {}, true],
  ['another value', { attributeTerms: ['fuel=petrol', 'fuel=diesel'] }, {}, false],
  ['another owner', { ownerRef: 'other' }, {}, false],
  ['the owner', { ownerRef: 'dealer' }, {}, true],
];

it.each(cases)('compares a listing with a search: %s', (_about, filters, facts, isFound) => {
  expect(meetsFilters({ ...all, ...filters }, { ...golf, ...facts }, AT)).toBe(isFound);
});

const facts = [
  { ...golf, listingId: 'a', publishedAtMs: 1, amountMinor: 300, expiresAtMs: 9 },
  { ...golf, listingId: 'b', publishedAtMs: 2, amountMinor: null, currency: null, expiresAtMs: 8 },
  { ...golf, listingId: 'c', publishedAtMs: 3, amountMinor: 100, expiresAtMs: 7 },
  { ...golf, listingId: 'd', publishedAtMs: 3, amountMinor: 1, currency: 'JPY', expiresAtMs: 7 },
];
const relevance: Record<string, number> = { a: 1, b: 9, c: 1, d: 9 };

it.each([
  ['newest', 'dcba'],
  ['relevance', 'dbca'],
  ['price', 'cadb'],
  ['-price', 'acdb'],
  ['ending', 'dcba'],
] as const)('orders by %s, listings without such a price last', (sort, order) => {
  const positions = facts.map((one) => positionOf({ sort, currency: 'EUR' }, one, relevance[one.listingId]!));
  for (const some of [positions, positions.toReversed()])
    expect(
      some
        .toSorted(comparePositions)
        .map(([, , id]) => id)
        .join(''),
    ).toBe(order);
});

it('counts the values of a facet, the most frequent first', () => {
  const found = ['petrol', 'diesel', 'diesel', undefined].map((fuel) => ({
    attributes: (fuel ? { fuel } : {}) as SearchFacts['attributes'],
  }));
  expect(facetCounts(['fuel', 'toString'], found)).toEqual({
    fuel: [
      { value: 'diesel', count: 2 },
      { value: 'petrol', count: 1 },
    ],
    toString: [],
  });
});
