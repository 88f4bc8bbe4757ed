import { isCurrency } from '../../currencies';
import { DomainError } from '../../domain-error';
import { foldText } from '../../values/fold-text';
import { lengthOf } from '../../values/text';
import type { CategoryAttribute } from '../categories';
import { referenceOf } from '../listing';
import { attributeTermOf, type SearchFilters, type SearchSort } from './search-filters';

const MAX_TEXT_LENGTH = 200;
const MAX_FILTERS = 20;
const MAX_FACETS = 10;

/** The parameters of a search, as they came. */
export interface SearchParameters {
  q?: string;
  category?: string;
  priceMin?: number;
  priceMax?: number;
  currency?: string;
  /** By the keys of attributes. */
  attributes?: Readonly<Record<string, string>>;
  ownerRef?: string;
  sort?: SearchSort;
  /** Keys of attributes, separated by commas. */
  facets?: string;
}

export interface ParseSearchInput {
  parameters: SearchParameters;
  /** The category that was found with all below it; null without one in the parameters. */
  categories: readonly string[] | null;
  /** Every definition of an attribute, in the category and those below it, or in all without a category. */
  known: readonly CategoryAttribute[];
}

/** Returns the keys of the attributes that a search names, in filters and facets. */
export const attributesNamedIn = ({ attributes = {}, facets }: SearchParameters): string[] => [
  ...new Set([...Object.keys(attributes), ...facetsOf(facets)]),
];

/**
 * Refuses a search that asks for too much, before anything is read for it.
 * @throws DomainError `QUERY_INVALID`, pointing at the parameter
 */
export function requireLimits(parameters: SearchParameters): void {
  requireText(parameters.q ?? '');
  requireFilterCount(parameters);
  const { length } = facetsOf(parameters.facets);
  if (length > MAX_FACETS) throw invalid('facets', `has ${length} keys: send at most ${MAX_FACETS}.`);
}

/**
 * Returns the filters of a search within its limits (`requireLimits`).
 * @throws DomainError `QUERY_INVALID` or `CURRENCY_REQUIRED`, pointing at the parameter
 */
export function parseSearch({ parameters, categories, known }: ParseSearchInput): SearchFilters {
  const { q = '', currency, priceMin, priceMax, attributes = {}, ownerRef } = parameters;
  const text = q.trim();
  const { sort = text === '' ? 'newest' : 'relevance' } = parameters;
  requireCurrency({ ...parameters, sort });
  if (priceMin !== undefined && priceMax !== undefined && priceMin > priceMax)
    throw invalid('priceMax', 'is below priceMin: exchange the two.');
  return {
    text: text === '' ? null : text,
    categories: categories && [...categories],
    price: priceMin === undefined && priceMax === undefined ? null : { min: priceMin ?? null, max: priceMax ?? null },
    currency: currency ?? null,
    attributeTerms: Object.entries(attributes).map(([key, value]) => requireAttribute(key, value, known)),
    ownerRef: referenceOf(ownerRef ?? null),
    sort,
    facets: requireFacets(parameters.facets, known),
  };
}

function requireText(q: string): void {
  if (lengthOf(q) <= MAX_TEXT_LENGTH) return;
  throw invalid('q', `has ${lengthOf(q)} characters: send at most ${MAX_TEXT_LENGTH}.`);
}

function requireFilterCount({ category, priceMin, priceMax, ownerRef, attributes = {} }: SearchParameters): void {
  const given = [category, priceMin, priceMax, ownerRef].filter((value) => value !== undefined);
  const count = given.length + Object.keys(attributes).length;
  if (count <= MAX_FILTERS) return;
  const [key = ''] = Object.keys(attributes).slice(MAX_FILTERS - given.length);
  throw invalid(`attributes.${key}`, `is one of ${count} filters: send at most ${MAX_FILTERS}.`);
}

function requireCurrency({ currency, priceMin, priceMax, sort }: SearchParameters): void {
  if (currency !== undefined && !isCurrency(currency))
    throw invalid('currency', `is no ISO 4217 currency: send one such as EUR.`);
  const isSorted = sort === 'price' || sort === '-price';
  if (currency !== undefined || (priceMin === undefined && priceMax === undefined && !isSorted)) return;
  const why = isSorted ? `sort=${sort}` : priceMin === undefined ? 'priceMax' : 'priceMin';
  const detail = `Prices of one currency are compared: send currency, such as EUR, with ${why}.`;
  throw new DomainError('CURRENCY_REQUIRED', detail, { pointer: '/currency' });
}

/** Returns the term of a filter, a number in the form in which listings have it. */
function requireAttribute(key: string, value: string, known: readonly CategoryAttribute[]): string {
  const definitions = known.filter((attribute) => attribute.key === key);
  const name = `attributes.${key}`;
  if (definitions.length === 0) throw invalid(name, UNKNOWN);
  const possible = definitions.filter((definition) => mayBe(definition, value));
  if (possible.length === 0) throw invalid(name, `has no such value: ${definitions.map(valuesOf).join('; or ')}.`);
  return attributeTermOf(key, possible.every(({ type }) => type === 'number') ? Number(value) : value);
}

const UNKNOWN = 'is no attribute of the categories that are searched: leave it out.';

/** Returns true where a listing may have the value, compared as its term is. */
function mayBe({ type, options }: CategoryAttribute, value: string): boolean {
  if (type === 'number') return value.trim() !== '' && Number.isFinite(Number(value));
  if (type === 'text') return true;
  const folded = foldText(value);
  return (type === 'boolean' ? ['true', 'false'] : options).some((option) => foldText(option) === folded);
}

const MAX_OPTIONS_SHOWN = 10;

function valuesOf({ type, options }: CategoryAttribute): string {
  if (type === 'number') return 'send a number';
  if (type === 'boolean') return 'send true or false';
  const shown = options.slice(0, MAX_OPTIONS_SHOWN).join(', ');
  return `send one of ${shown}${options.length > MAX_OPTIONS_SHOWN ? ', …' : ''}`;
}

const facetsOf = (facets: string | undefined): string[] =>
  facets === undefined ? [] : [...new Set(facets.split(',').filter((key) => key !== ''))];

function requireFacets(parameter: string | undefined, known: readonly CategoryAttribute[]): string[] {
  const facets = facetsOf(parameter);
  for (const key of facets) {
    const definitions = known.filter((attribute) => attribute.key === key);
    if (definitions.length === 0) throw invalid('facets', `has "${shortened(key)}", which ${UNKNOWN}`);
    if (!definitions.some(({ facet }) => facet))
      throw invalid('facets', `has "${key}", which its category does not make a facet: leave it out, or set facet.`);
  }
  return facets;
}

const shortened = (key: string): string => (key.length > 40 ? `${key.slice(0, 40)}…` : key);

const invalid = (parameter: string, detail: string): DomainError =>
  new DomainError('QUERY_INVALID', `${parameter} ${detail}`, { pointer: `/${parameter}` });
