import * as fc from 'fast-check';
import { newContent, patchContent, type ContentPatch, type ListingContent } from './content';
import type { ReviewDecision } from './review';
import { changedFields, differencesOf, isRejectedAsItIs, type Difference } from './revisions';

const golf = newContent({
  title: '  Golf  ',
  description: 'Well kept',
  category: 'cars',
  price: { amountMinor: 5, currency: 'EUR' },
  attributes: { mileage: 7, fuel: 'petrol' },
});

const text = fc.constantFrom('one', 'two', 'three', 'four');
// A name that every object has is an entry like any other.
const key = fc.constantFrom('a', 'b', 'toString');
const patches: fc.Arbitrary<ContentPatch> = fc.record(
  {
    title: text,
    description: text,
    category: text,
    // The members in another order.
    price: fc.option(fc.record({ currency: fc.constantFrom('EUR', 'JPY'), amountMinor: fc.nat(2) })),
    attributes: fc.dictionary(key, fc.oneof(text, fc.nat(2), fc.boolean())),
    images: fc.array(fc.record({ alt: fc.option(text), url: text }), { maxLength: 2 }),
    place: fc.option(fc.record({ country: fc.constantFrom('DE', 'GB'), name: text })),
    language: fc.option(fc.constantFrom('de', 'en')),
    metadata: fc.dictionary(key, text),
  },
  { requiredKeys: [] },
);

/** Returns the content with each difference applied. */
function applied(before: ListingContent, differences: readonly Difference[]): ListingContent {
  const after = structuredClone(before) as unknown as Record<string, unknown>;
  for (const { pointer, after: value } of differences) {
    const [, field = '', entry] = pointer.split('/');
    if (entry === undefined) after[field] = value;
    else if (value === null) delete (after[field] as Record<string, unknown>)[entry];
    else (after[field] as Record<string, unknown>)[entry] = value;
  }
  return after as unknown as ListingContent;
}

describe('the differences of two revisions', () => {
  it('lead from the one to the other and back, and there are none of equal content', () => {
    fc.assert(
      fc.property(patches, patches, (one, other) => {
        const [before, after] = [patchContent(golf, one), patchContent(golf, other)];
        const differences = differencesOf(before, after);
        expect(JSON.parse(JSON.stringify(differences))).toEqual(differences);
        expect(applied(before, differences)).toEqual(after);
        expect(applied(after, differencesOf(after, before))).toEqual(before);
        expect(differencesOf(before, patchContent(golf, structuredClone(one)))).toEqual([]);
      }),
    );
  });

  it('name each attribute and each entry of the metadata, in the order of the fields', () => {
    const patch = { metadata: { stock: '1' }, attributes: { mileage: 8, colour: 'red' }, price: null };
    const differences = differencesOf(golf, patchContent(golf, patch));
    expect(differences).toEqual([
      { pointer: '/price', before: { amountMinor: 5, currency: 'EUR' }, after: null },
      { pointer: '/attributes/mileage', before: 7, after: 8 },
      { pointer: '/attributes/fuel', before: 'petrol', after: null },
      { pointer: '/attributes/colour', before: null, after: 'red' },
      { pointer: '/metadata/stock', before: null, after: '1' },
    ]);
    expect(changedFields(differences)).toEqual(['price', 'attributes', 'metadata']);
  });
});

describe('a rejected draft', () => {
  const quality = { reason: 'quality' as const, fields: [] };
  const price = { amountMinor: 6, currency: 'EUR' };
  const ofMetadata = { reason: 'other' as const, fields: [{ pointer: '/metadata/a', comment: 'Wrong' }] };
  const ofPrice = { reason: 'other' as const, fields: [{ pointer: '/price/amountMinor', comment: 'Too low' }] };

  it.each<[string, boolean, Pick<ReviewDecision, 'reason' | 'fields'>, ContentPatch]>([
    ['nothing changed', true, quality, {}],
    ['another price', true, quality, { price }],
    ['other metadata', true, quality, { metadata: { stock: '1' } }],
    ['another title', false, quality, { title: 'Golf II' }],
    ['another title and price', false, quality, { title: 'Golf II', price }],
    ['another category', false, quality, { category: 'vans' }],
    ['a price, which was the reason', false, { ...quality, reason: 'price' }, { price }],
    ['a price, which has a remark', false, ofPrice, { price }],
    ['no price any more, which was the reason', false, { ...quality, reason: 'price' }, { price: null }],
    ['metadata, which have a remark', false, ofMetadata, { metadata: { a: '1' } }],
    ['another price, where metadata have a remark', true, ofMetadata, { price }],
    ['metadata, where the price was the reason', true, { ...quality, reason: 'price' }, { metadata: { a: '1' } }],
  ])('with %s is one that was rejected as it is: %p', (_what, isSame, rejection, patch) => {
    expect(isRejectedAsItIs({ rejection, rejected: golf, draft: patchContent(golf, patch) })).toBe(isSame);
  });

  it('is the same one that was stored before listings had images', () => {
    const { images: _images, ...rejected } = golf;
    expect(isRejectedAsItIs({ rejection: quality, rejected: rejected as ListingContent, draft: golf })).toBe(true);
  });
});
