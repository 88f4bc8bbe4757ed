import * as fc from 'fast-check';
import {
  isSlug,
  MAX_CATEGORY_DEPTH,
  requireCategoryTerms,
  requirePlace,
  type CategoryAttribute,
  type CategoryTerms,
} from './categories';

const names = { en: 'Cars', de: 'Autos' };
const attribute = (changes: Partial<CategoryAttribute> = {}): CategoryAttribute => ({
  key: 'fuel',
  names,
  type: 'text',
  options: [],
  required: false,
  facet: false,
  ...changes,
});
const terms = (changes: Partial<CategoryTerms> = {}): CategoryTerms => ({
  names,
  parent: null,
  attributes: [],
  price: null,
  durationDays: null,
  review: null,
  ...changes,
});
const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const price = (min: ReturnType<typeof eur> | null, max: ReturnType<typeof eur> | null) => ({
  price: { required: false, min, max },
});

describe('the terms of a category', () => {
  it.each<[string, Partial<CategoryTerms>]>([
    ['nothing but names', {}],
    ['an option with values', { attributes: [attribute({ type: 'option', options: ['petrol'] })] }],
    ['two attributes with keys of their own', { attributes: [attribute(), attribute({ key: 'mileage' })] }],
    ['no bound', price(null, null)],
    ['one bound', price(eur(1), null)],
    ['bounds that are equal', price(eur(5), eur(5))],
  ])('may have %s', (_what, changes) => {
    const given = terms(changes);
    expect(requireCategoryTerms(given)).toBe(given);
  });

  it.each<[string, Partial<CategoryTerms>, string]>([
    ['a key twice', { attributes: [attribute({ key: 'a' }), attribute(), attribute()] }, '/attributes/2/key'],
    ['an option without values', { attributes: [attribute({ type: 'option' })] }, '/attributes/0/options'],
    ['a text with options', { attributes: [attribute({ options: ['x'] })] }, '/attributes/0/options'],
    ['bounds in the wrong order', price(eur(6), eur(5)), '/price/max/amountMinor'],
    [
      'bounds of two currencies',
      { price: { required: false, min: eur(1), max: { amountMinor: 5, currency: 'GBP' } } },
      '/price/max/currency',
    ],
  ])('are refused for %s', (_what, changes, pointer) => {
    const refused = expect.objectContaining({ code: 'CATEGORY_INVALID', pointer });
    expect(() => requireCategoryTerms(terms(changes))).toThrow(refused);
  });
});

it.each([
  ['cars', true],
  ['used-cars-2', true],
  ['7', true],
  ['a'.repeat(60), true],
  ['a'.repeat(61), false],
  ['', false],
  ['Cars', false],
  ['-cars', false],
  ['cars-', false],
  ['used--cars', false],
  ['used_cars', false],
  ['autos/alt', false],
  ['cars\n', false],
])('%j as a slug: %s', (text, expected) => expect(isSlug(text)).toBe(expected));

/** A tree by the parent of each category. */
type Parents = ReadonlyMap<string, string | null>;

/** Returns the slugs from `slug` to the top; null where the way never ends. */
function wayUp(slug: string, parents: Parents): string[] | null {
  const way: string[] = [];
  for (let at: string | null = slug; at !== null; at = parents.get(at) ?? null) {
    if (way.includes(at)) return null;
    way.push(at);
  }
  return way;
}

const heightOf = (slug: string, parents: Parents): number =>
  Math.max(...[...parents.keys()].map((one) => (wayUp(one, parents) ?? []).indexOf(slug) + 1));

describe('the place of a category', () => {
  it.each([
    ['itself', ['cars'], /"cars" cannot be its own parent/],
    ['a category below it', ['vans', 'cars'], /stands below "cars"/],
    ['a category too far down', ['a', 'b', 'c', 'd'], /5 levels deep; at most 4 levels are allowed/],
  ])('is refused below %s', (_what, ancestors, detail) =>
    expect(() => requirePlace({ slug: 'cars', ancestors, height: 1 })).toThrow(detail),
  );

  const slugs = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const moves = fc.array(fc.tuple(fc.constantFrom(...slugs), fc.option(fc.constantFrom(...slugs))), { maxLength: 40 });

  it('is accepted exactly where the tree stays a tree of four levels', () => {
    const seen = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(moves, (each) => {
        let parents: Parents = new Map(slugs.map((slug) => [slug, null]));
        for (const [slug, parent] of each) {
          const next = new Map(parents).set(slug, parent);
          const ways = slugs.map((one) => wayUp(one, next));
          const isTree = ways.every((way) => way !== null && way.length <= MAX_CATEGORY_DEPTH);
          const ancestors = parent === null ? [] : (wayUp(parent, parents) ?? []);
          const place = () => requirePlace({ slug, ancestors, height: heightOf(slug, parents) });
          if (isTree) place();
          else expect(place).toThrow(expect.objectContaining({ code: 'CATEGORY_INVALID' }));
          seen[isTree ? 'accepted' : 'refused'] += 1;
          if (isTree) parents = next;
        }
      }),
      { numRuns: 300 },
    );
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(100);
  });
});
