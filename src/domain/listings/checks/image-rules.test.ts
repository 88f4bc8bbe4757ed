import { checkListing, type CheckListingInput } from './check-listing';
import type { ImageProbe } from './image-rules';
import { defaultListingSettings } from './listing-settings';

const images = ['1', '2', '3', '4', '5'].map((name) => ({ url: `https://images.example/${name}`, alt: null }));
const content: CheckListingInput['content'] = {
  title: 'Trekking bicycle with lights',
  description: 'Always kept in a dry garage, serviced every spring, new chain and tyres, some scratches on the frame.',
  price: { amountMinor: 25_000, currency: 'EUR' },
  attributes: {},
  images,
  place: null,
};
const check = (probes: ImageProbe[], more: Partial<CheckListingInput['content']> = {}) => {
  const { findings, outcome } = checkListing({
    content: { ...content, ...more },
    category: { attributes: [], price: null, review: null },
    settings: defaultListingSettings,
    listingId: null,
    duplicates: [],
    imageProbes: new Map(probes.map((probe, index) => [images[index]!.url, probe])),
  });
  return { found: findings.map(({ rule, severity, pointer }) => [rule, severity, pointer]), findings, outcome };
};

it('finds URLs that serve no image, and leaves the URLs out of the evidence', () => {
  const { found, findings, outcome } = check(['image', 'invalid', 'refused', 'unavailable']);
  expect(found).toEqual([
    ['image_invalid', 'review', '/images/1/url'],
    ['image_refused', 'review', '/images/2/url'],
    ['image_unavailable', 'info', '/images/3/url'],
  ]);
  expect(outcome).toBe('review');
  expect(JSON.stringify(findings)).not.toContain('images.example');
});

it('wants no person for a host that is away, or for images that were not called', () => {
  expect(check(['unavailable', 'unavailable']).outcome).toBe('approve');
  expect(check([])).toMatchObject({ found: [], outcome: 'approve' });
});

it('checks what an image is said to show like any other text', () => {
  const alt = [{ url: images[0]!.url, alt: 'Call 0151 23456789' }];
  expect(check([], { images: alt }).found).toEqual([['phone_number', 'review', '/images/0/alt']]);
});
