import { goldenOffers, goldenQueries } from '../../../clients/search/tests/golden-queries';
import { relevanceOf, searchedWordsOf, searchTermsOf } from './search-terms';

const indexed = goldenOffers.map(([id, title, description, attributes = {}, place], age) => ({
  id,
  age,
  terms: searchTermsOf({ title, description, attributes, place: place ? { name: place, country: 'DE' } : null }),
}));

/** Returns the hits of a query, the most relevant first, and the newer of two that are equal. */
function find(query: string): string[] {
  const words = searchedWordsOf(query);
  return indexed
    .map(({ id, age, terms }) => ({ id, age, relevance: relevanceOf(words, terms.weights) }))
    .filter((hit): hit is typeof hit & { relevance: number } => hit.relevance !== null)
    .sort((one, other) => other.relevance - one.relevance || other.age - one.age)
    .map(({ id }) => id);
}

it('has fifty golden queries', () => expect(goldenQueries).toHaveLength(50));

it.each(goldenQueries)('%s: %s', (_about, query, first) => {
  expect(find(query).slice(0, 3)).toEqual(first);
});
