import { refuseAttributes, refusePrice } from '../attributes';
import type { CategoryTerms } from '../categories';
import type { CheckedContent, RuleHit } from './check-rules';

/** The parts of a category that the rules look at. */
export type CheckedCategory = Pick<CategoryTerms, 'attributes' | 'price' | 'review'>;

/** Returns the hits of the rules about what the category requires, of which a draft may lack some. */
export function categoryHits(content: CheckedContent, category: CheckedCategory): RuleHit[] {
  const { attributes, price } = content;
  const missing = category.attributes.filter(({ key, required }) => required && !Object.hasOwn(attributes, key));
  const hits: RuleHit[] = missing.map(({ key }) => ({
    rule: 'attribute_missing',
    pointer: `/attributes/${key}`,
    evidence: `required: ${key}`,
  }));
  for (const { pointer = '/attributes' } of refuseAttributes({ attributes, category }))
    hits.push({ rule: 'attribute_invalid', pointer, evidence: 'unknown, or a value that the category does not allow' });
  if (price === null && category.price?.required)
    hits.push({ rule: 'price_missing', pointer: '/price', evidence: 'the category requires a price' });
  if (price !== null && refusePrice({ price, rule: category.price }))
    hits.push({ rule: 'price_out_of_bounds', pointer: '/price', evidence: `${price.amountMinor} ${price.currency}` });
  return hits;
}
