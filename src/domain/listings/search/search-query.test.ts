import type { CategoryAttribute } from '../categories';
import { parseSearch, requireLimits, type SearchParameters } from './search-query';

const attribute = (key: string, more: Partial<CategoryAttribute>): CategoryAttribute => ({
  key,
  names: { en: key, de: key },
  type: 'text',
  options: [],
  required: false,
  facet: false,
  ...more,
});
const known = [
  attribute('fuel', { type: 'option', options: ['petrol', 'diesel'], facet: true }),
  attribute('mileage', { type: 'number' }),
  attribute('electric', { type: 'boolean' }),
  attribute('model', {}),
];
const parse = (parameters: SearchParameters) => {
  requireLimits(parameters);
  return parseSearch({ parameters, categories: null, known });
};

it('accepts a search by every parameter', () => {
  const attributes = { fuel: 'petrol', mileage: '84000.0', electric: 'false', model: 'Gölf' };
  const prices = { priceMin: 0, priceMax: 5, currency: 'EUR' };
  expect(parse({ q: '  golf ', ...prices, attributes, ownerRef: 'd-1', facets: 'fuel,fuel' })).toEqual({
    text: 'golf',
    categories: null,
    price: { min: 0, max: 5 },
    currency: 'EUR',
    attributeTerms: ['fuel=petrol', 'mileage=84000', 'electric=false', 'model=golf'],
    ownerRef: 'd-1',
    sort: 'relevance',
    facets: ['fuel'],
  });
  expect(parse({ q: ' ' })).toMatchObject({ text: null, sort: 'newest', price: null });
  expect(parse({ q: 'é'.repeat(200), sort: 'ending' })).toMatchObject({ sort: 'ending' });
});

it('accepts an option in any case, with any accents', () => {
  const option = attribute('finish', { type: 'option', options: ['Weiß', 'crème'] });
  const termsOf = (finish: string) =>
    parseSearch({ parameters: { attributes: { finish } }, categories: null, known: [option] }).attributeTerms;
  for (const finish of ['Weiß', 'WEISS', 'weiss']) expect(termsOf(finish)).toEqual(['finish=weiss']);
  for (const finish of ['crème', 'CRÈME', 'Creme', 'cre\u0300me']) expect(termsOf(finish)).toEqual(['finish=creme']);
  expect(parse({ attributes: { electric: 'TRUE' } }).attributeTerms).toEqual(['electric=true']);
  expect(() => termsOf('cre me')).toThrow(expect.objectContaining({ code: 'QUERY_INVALID' }));
});

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, 'x']));
const refused: [about: string, parameters: SearchParameters, code: string, parameter: string][] = [
  ['a text of 201 characters', { q: 'é'.repeat(201) }, 'QUERY_INVALID', 'q'],
  ['21 filters', { ownerRef: 'd-1', attributes: many(20) }, 'QUERY_INVALID', 'attributes.a19'],
  ['11 facets', { facets: Object.keys(many(11)).join() }, 'QUERY_INVALID', 'facets'],
  ['a bound without a currency', { priceMin: 1 }, 'CURRENCY_REQUIRED', 'currency'],
  ['an upper bound without a currency', { priceMax: 1 }, 'CURRENCY_REQUIRED', 'currency'],
  ['an order by price without a currency', { sort: 'price' }, 'CURRENCY_REQUIRED', 'currency'],
  ['the reverse order without a currency', { sort: '-price' }, 'CURRENCY_REQUIRED', 'currency'],
  ['an unknown currency', { currency: 'EUX' }, 'QUERY_INVALID', 'currency'],
  ['bounds in the wrong order', { priceMin: 2, priceMax: 1, currency: 'EUR' }, 'QUERY_INVALID', 'priceMax'],
  ['an unknown attribute', { attributes: { colour: 'red' } }, 'QUERY_INVALID', 'attributes.colour'],
  ['a value that is no option', { attributes: { fuel: 'gas' } }, 'QUERY_INVALID', 'attributes.fuel'],
  ['a number in words', { attributes: { mileage: 'much' } }, 'QUERY_INVALID', 'attributes.mileage'],
  ['a boolean in words', { attributes: { electric: 'yes' } }, 'QUERY_INVALID', 'attributes.electric'],
  ['an unknown facet', { facets: 'colour' }, 'QUERY_INVALID', 'facets'],
  ['an attribute that is no facet', { facets: 'fuel,model' }, 'QUERY_INVALID', 'facets'],
];

it.each(refused)('refuses %s at its parameter, with a remedy', (_about, parameters, code, parameter) => {
  expect(() => parse(parameters)).toThrow(expect.objectContaining({ code, pointer: `/${parameter}` }));
  expect(() => parse(parameters)).toThrow(/send|leave|exchange/);
});

it('takes 20 filters and 10 facets', () => {
  const attributes = Object.keys(many(20)).map((key) => attribute(key, { facet: true }));
  const parameters = { attributes: many(20), facets: Object.keys(many(10)).join() };
  requireLimits(parameters);
  expect(parseSearch({ parameters, categories: ['cars'], known: attributes })).toMatchObject({
    categories: ['cars'],
    facets: Object.keys(many(10)),
  });
});
