import type { Money } from '../money';
import { requireAccepted, type Refusal } from '../refusal';
import { isLine, lengthOf } from '../values/text';
import type { AttributeType, CategoryAttribute, CategoryTerms, PriceRule } from './categories';

export type AttributeValue = string | number | boolean;
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** In code points. */
export const MAX_ATTRIBUTE_LENGTH = 200;

export interface RequireAttributesInput {
  attributes: Attributes;
  category: Pick<CategoryTerms, 'attributes'>;
}

/**
 * Accepts the attributes of a draft, which may lack required ones.
 * @throws DomainError as `refuseAttributes`, for the first refusal
 */
export const requireAttributes = (input: RequireAttributesInput): void =>
  requireAccepted(refuseAttributes(input)[0] ?? null);

/**
 * Returns `ATTRIBUTE_INVALID`, pointing at the attribute, for each that the category does not know, or whose value is
 * of another type, or none of its options.
 */
export const refuseAttributes = ({ attributes, category }: RequireAttributesInput): Refusal[] =>
  Object.entries(attributes).flatMap(([key, value]) => {
    const known = category.attributes.find((attribute) => attribute.key === key);
    const fault = known ? faultOf(known, value) : unknownAttribute(category.attributes);
    if (fault === null) return [];
    return [{ code: 'ATTRIBUTE_INVALID', detail: `The attribute "${key}" ${fault}`, pointer: `/attributes/${key}` }];
  });

const unknownAttribute = (known: readonly CategoryAttribute[]): string =>
  `is unknown to the category: leave it out (known: ${enumerated(known.map(({ key }) => key)) || 'none'}).`;

/** UTF-16 units of the names that a message lists; a category may have hundreds of options, each of 200 characters. */
const MOST_LISTED = 400;

/** Returns the names separated by commas: at least the first, and an ellipsis for those that are left out. */
function enumerated(names: readonly string[]): string {
  const listed: string[] = [];
  let length = 0;
  for (const name of names) {
    length += name.length + ', '.length;
    if (length > MOST_LISTED && listed.length > 0) return [...listed, '…'].join(', ');
    listed.push(name);
  }
  return listed.join(', ');
}

/** Returns the fault of a value and its remedy; null for a value that the attribute may have. */
function faultOf({ type, options }: CategoryAttribute, value: AttributeValue): string | null {
  if (type === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) return TOO_LARGE;
  const isValid: Record<AttributeType, boolean> = {
    text: typeof value === 'string' && isLine(value) && lengthOf(value) <= MAX_ATTRIBUTE_LENGTH,
    number: typeof value === 'number' && Number.isFinite(value),
    boolean: typeof value === 'boolean',
    option: typeof value === 'string' && options.includes(value),
  };
  return isValid[type] ? null : remedies[type](options);
}

/** Such a number was rounded when it was read: JSON's numbers have 53 bits here. */
const TOO_LARGE = `is beyond ±${Number.MAX_SAFE_INTEGER}, where digits are lost: send it as a text attribute.`;

const remedies: Readonly<Record<AttributeType, (options: readonly string[]) => string>> = {
  text: () => `must be a text on one line of at most ${MAX_ATTRIBUTE_LENGTH} characters.`,
  number: () => 'must be a number.',
  boolean: () => 'must be true or false.',
  option: (options) => `must be one of ${enumerated(options)}.`,
};

export interface RequirePriceInput {
  /** Null for a draft without a price. */
  price: Money | null;
  /** Null where the category has no rule. */
  rule: PriceRule | null;
  /** The slug of the category, for the message; not needed where nobody reads that. */
  slug?: string;
  /** True for content that buyers see, which does not lack a required price. Defaults to false: a draft may. */
  isShown?: boolean;
}

/** Accepts a price. @throws DomainError as `refusePrice` */
export const requirePrice = (input: RequirePriceInput): void => requireAccepted(refusePrice(input));

/** Returns `CURRENCY_MISMATCH` or `PRICE_OUT_OF_BOUNDS`, pointing into the price; null for a price within the rule. */
export function refusePrice({ price, rule, slug, isShown = false }: RequirePriceInput): Refusal | null {
  const category = slug === undefined ? 'the category' : `the category "${slug}"`;
  if (price === null && isShown && rule?.required) {
    const detail = `Buyers see the change immediately, and ${category} requires a price: send one.`;
    return { code: 'PRICE_OUT_OF_BOUNDS', detail, pointer: '/price' };
  }
  const { min = null, max = null } = rule ?? {};
  const currency = (min ?? max)?.currency;
  if (price === null || currency === undefined) return null;
  if (price.currency !== currency) {
    const detail = `The price is in ${price.currency}, and ${category} takes ${currency}: send one in it.`;
    return { code: 'CURRENCY_MISMATCH', detail, pointer: '/price/currency' };
  }
  const isWithin =
    (min === null || price.amountMinor >= min.amountMinor) && (max === null || price.amountMinor <= max.amountMinor);
  if (isWithin) return null;
  const bounds = [...(min ? [`at least ${min.amountMinor}`] : []), ...(max ? [`at most ${max.amountMinor}`] : [])];
  const taken = `${bounds.join(' and ')} ${currency} minor units`;
  const detail = `amountMinor is ${price.amountMinor}, and ${category} takes ${taken}: send such a price.`;
  return { code: 'PRICE_OUT_OF_BOUNDS', detail, pointer: '/price/amountMinor' };
}
