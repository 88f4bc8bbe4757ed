import * as fc from 'fast-check';
import { newContent, type ContentPatch, type ListingContent } from './content';
import { editListing, newestContent, type EditListingInput } from './edit-listing';
import { listingStates } from './listing';
import { instantFields } from './review-settings';
import { differencesOf } from './revisions';

const content = (title: string, amountMinor = 100): ListingContent =>
  newContent({ title, description: 'Nearly new', category: 'bikes', price: { amountMinor, currency: 'EUR' } });
const live = content('A bike');
const draft = content('A good bike');
const edit = (input: Partial<EditListingInput>) =>
  editListing({ state: 'live', live, draft: null, patch: {}, instantFields, ...input });
const price = { amountMinor: 90, currency: 'EUR' };

describe('an edit of a live listing', () => {
  it('shows an instant field to buyers at once, and leaves no draft', () => {
    expect(edit({ patch: { price } })).toMatchObject({
      live: { title: 'A bike', price },
      draft: null,
      fields: ['price'],
    });
  });

  it('keeps everything else in the draft', () => {
    const edited = edit({ patch: { title: 'A better bike', price } });
    expect(edited).toMatchObject({ live: { title: 'A bike', price }, draft: { title: 'A better bike', price } });
    expect(edited.fields).toEqual(['title', 'price']);
  });

  it('changes an instant field in live content and draft alike', () => {
    expect(edit({ draft, patch: { price } })).toMatchObject({
      live: { price },
      draft: { title: 'A good bike', price },
    });
  });

  it('has no draft any more once everything is taken back', () => {
    expect(edit({ draft, patch: { title: 'A bike' } })).toMatchObject({ live, draft: null, fields: ['title'] });
  });

  it('shows no field that the partner has not made instant', () => {
    expect(edit({ patch: { price }, instantFields: [] })).toMatchObject({ live, draft: { price } });
  });
});

describe('a price of a live listing that moves to another category', () => {
  const moved = { ...live, category: 'cars', price };

  it.each<[string, Partial<EditListingInput>]>([
    ['with the category', { patch: { category: 'cars', price } }],
    ['after the category', { draft: { ...moved, price: live.price }, patch: { price } }],
  ])('waits in the draft when it is sent %s', (_when, input) => {
    expect(edit(input)).toMatchObject({ live, draft: moved, isInstant: false });
  });

  it('is not taken from buyers when the draft has none', () => {
    expect(edit({ patch: { category: 'cars', price: null } })).toMatchObject({ live, draft: { price: null } });
  });

  it('waits while metadata reach buyers at once, and the review goes on', () => {
    const metadata = { stock: '2' };
    expect(edit({ draft: moved, patch: { metadata } })).toMatchObject({
      live: { ...live, metadata },
      draft: { ...moved, metadata },
      isInstant: true,
    });
  });

  it('waits on when only the category is taken back, and reaches buyers when it is sent again', () => {
    const back = edit({ draft: moved, patch: { category: live.category } });
    expect(back).toMatchObject({ live, draft: { ...live, price } });
    expect(edit({ draft: back.draft, patch: { price } })).toMatchObject({ live: { price }, draft: null });
    const patch = { category: live.category, price };
    expect(edit({ draft: moved, patch })).toMatchObject({ live: { ...live, price }, draft: null, isInstant: false });
  });
});

describe('a review of the draft', () => {
  const stays = (input: Parameters<typeof edit>[0]) => edit({ draft, ...input }).isInstant;

  it('goes on while only instant fields of a live listing change', () => {
    expect(stays({ patch: { price } })).toBe(true);
    expect(stays({ patch: { price, metadata: { stock: '2' } } })).toBe(true);
    expect(stays({ patch: { price, title: draft.title } })).toBe(true);
  });

  it('does not go on where anything else changes', () => {
    expect(stays({ patch: { price, title: 'A better bike' } })).toBe(false);
    expect(stays({ patch: { price }, instantFields: ['metadata'] })).toBe(false);
    expect(stays({ patch: { price }, state: 'expired' })).toBe(false);
  });

  it('does not go on where the price is taken away, which the checks look at', () => {
    expect(stays({ patch: { price: null } })).toBe(false);
  });
});

it.each(listingStates.filter((state) => state !== 'live'))(
  'an edit of a listing that is %s changes the draft',
  (state) => {
    expect(edit({ state, patch: { price } })).toMatchObject({ live, draft: { title: 'A bike', price } });
  },
);

const textOf = ({ price: _price, metadata: _metadata, ...text }: ListingContent) => text;

const patches: fc.Arbitrary<ContentPatch> = fc.record(
  {
    title: fc.constantFrom('A bike', 'A good bike', 'Another bike'),
    category: fc.constantFrom('bikes', 'bikes', 'cars'),
    price: fc.constantFrom(null, price, { amountMinor: 100, currency: 'EUR' }),
    metadata: fc.constantFrom<Record<string, string>>({}, { stock: '1' }),
  },
  { requiredKeys: [] },
);
const edits = fc.array(
  fc.oneof(
    patches.map((patch) => ({ patch })),
    fc.constant({ approve: true as const }),
  ),
  { maxLength: 12 },
);

it('in 1,000 sequences buyers see approved content, but for the instant fields, and never nothing', () => {
  fc.assert(
    fc.property(edits, fc.subarray([...instantFields]), (steps, allowed) => {
      let seen: { live: ListingContent | null; draft: ListingContent | null } = { live, draft: null };
      let approved = live;
      for (const step of steps) {
        if ('approve' in step) {
          approved = newestContent(seen);
          seen = { live: approved, draft: null };
          continue;
        }
        const before = newestContent(seen);
        const edited = editListing({ state: 'live', ...seen, patch: step.patch, instantFields: allowed });
        const changed = differencesOf(approved, edited.live!).map(({ pointer }) => pointer.split('/')[1]);
        expect(changed.filter((field) => !(allowed as string[]).includes(field!))).toEqual([]);
        // What buyers see has the price of its own category.
        if (edited.newest.category !== approved.category) expect(edited.live!.price).toEqual(seen.live!.price);
        else if (allowed.includes('price') && step.patch.price !== undefined)
          expect(edited.live!.price).toEqual(edited.newest.price);
        expect(edited.draft === null).toBe(differencesOf(edited.live!, edited.newest).length === 0);
        if (edited.isInstant) expect(textOf(edited.newest)).toEqual(textOf(before));
        if (edited.isInstant) expect([edited.live!.price, before.price]).toContainEqual(edited.newest.price);
        if (edited.fields.length === 0) expect([edited.live, edited.newest]).toEqual([seen.live, before]);
        seen = { live: edited.live, draft: edited.draft };
      }
    }),
    { numRuns: 1000 },
  );
});
