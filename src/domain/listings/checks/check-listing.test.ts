import type { CategoryAttribute, CategoryTerms, ReviewPolicy } from '../categories';
import { checkListing, outcomeOf, type CheckListingInput, type ListingCheck } from './check-listing';
import { checkRules, type CheckRule, type Severity } from './check-rules';
import { duplicateTextOf, type FoundDuplicate } from './duplicates';
import { defaultListingSettings, type ListingSettings } from './listing-settings';
import { qualityScore, scoreParts, type QualityFacts } from './quality-score';

const attribute = (key: string, more: Partial<CategoryAttribute> = {}): CategoryAttribute => ({
  key,
  names: { en: key, de: key },
  type: 'text',
  options: [],
  required: false,
  facet: false,
  ...more,
});
const euros = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const category: Pick<CategoryTerms, 'attributes' | 'price' | 'review'> = {
  attributes: [attribute('brand', { required: true }), attribute('year', { type: 'number' })],
  price: { required: true, min: euros(100), max: euros(100_000) },
  review: null,
};
const content: CheckListingInput['content'] = {
  title: 'Trekking bicycle with lights',
  description: 'Always kept in a dry garage, serviced every spring, new chain and tyres, some scratches on the frame.',
  price: euros(25_000),
  attributes: { brand: 'Acme', year: 2019 },
  images: [],
  place: { name: 'Berlin', country: 'DE' },
};
const check = ({
  settings,
  ...input
}: Partial<Omit<CheckListingInput, 'settings'>> & { settings?: Partial<ListingSettings> }) =>
  checkListing({
    content,
    category,
    listingId: null,
    duplicates: [],
    imageProbes: new Map(),
    ...input,
    settings: { ...defaultListingSettings, ...settings },
  });
const found = ({ findings }: ListingCheck) => findings.map(({ rule, severity, pointer }) => [rule, severity, pointer]);

describe('the check of a listing', () => {
  it('finds nothing in a good listing, which is approved without a person', () => {
    expect(check({})).toEqual({ version: 4, score: 78, findings: [], outcome: 'approve' });
  });

  it.each<[string, Partial<CheckListingInput['content']>, [CheckRule, Severity, string]]>([
    ['lacks a required attribute', { attributes: {} }, ['attribute_missing', 'review', '/attributes/brand']],
    [
      'has an attribute of another type',
      { attributes: { brand: 'Acme', year: 'old' } },
      ['attribute_invalid', 'review', '/attributes/year'],
    ],
    [
      'has an unknown attribute named as a member of every object',
      { attributes: { brand: 'Acme', toString: 'x' as never } },
      ['attribute_invalid', 'review', '/attributes/toString'],
    ],
    ['lacks a price', { price: null }, ['price_missing', 'review', '/price']],
    ['costs too little', { price: euros(99) }, ['price_out_of_bounds', 'review', '/price']],
    ['costs too much', { price: euros(100_001) }, ['price_out_of_bounds', 'review', '/price']],
    [
      'has a price in another currency',
      { price: { amountMinor: 25_000, currency: 'USD' } },
      ['price_out_of_bounds', 'review', '/price'],
    ],
    ['has a title of one word', { title: 'Bicycle' }, ['short_title', 'info', '/title']],
    ['repeats its title', { title: 'Bicycle BICYCLE' }, ['short_title', 'info', '/title']],
    ['is thin', { description: 'good '.repeat(50) }, ['thin_description', 'info', '/description']],
    ['shouts in its title', { title: 'Trekking bicycle!!!' }, ['shouting', 'info', '/title']],
    [
      'has a link in its place',
      { place: { name: 'www.example.com', country: 'DE' } },
      ['link', 'review', '/place/name'],
    ],
    [
      'has an address in an attribute',
      { attributes: { brand: 'max@example.com' } },
      ['email_address', 'review', '/attributes/brand'],
    ],
  ])('of one that %s', (_title, change, finding) => {
    expect(found(check({ content: { ...content, ...change } }))).toEqual([finding]);
  });

  it.each(['brand', 'toString'])('misses the required attribute %s', (key) => {
    const required = { ...category, attributes: [attribute(key, { required: true })] };
    const { score, findings } = check({ category: required, content: { ...content, attributes: {} } });
    expect([score, findings[0]?.pointer]).toEqual([58, `/attributes/${key}`]);
  });

  it('masks the numbers and addresses that it found', () => {
    const contacts = 'Call +49 151 23456789, max.muster@example.com, https://u:pw@example.com/max';
    const description = `${content.description} ${contacts}`;
    expect(check({ content: { ...content, description } }).findings.map(({ evidence }) => evidence)).toEqual([
      '+49 ••• ••••••89',
      'm…@example.com',
      'https://example.com',
    ]);
  });

  it('names the listings with the same text by their owner, the checked one first', () => {
    const duplicates: FoundDuplicate[] = [
      { listingId: 'lst_2', same: 'text', hasSameOwner: true },
      { listingId: 'lst_3', same: 'text', hasSameOwner: false },
      { listingId: 'lst_4', same: 'text', hasSameOwner: false },
      { listingId: 'lst_5', same: 'image', hasSameOwner: false },
    ];
    const evidence = (count: number) => `listings with the same text: ${count}`;
    expect(check({ listingId: 'lst_1', duplicates }).findings).toEqual([
      {
        rule: 'duplicate_of_own',
        severity: 'info',
        pointer: '',
        evidence: evidence(1),
        listingIds: ['lst_1', 'lst_2'],
      },
      {
        rule: 'duplicate_of_other',
        severity: 'review',
        pointer: '',
        evidence: evidence(2),
        listingIds: ['lst_1', 'lst_3', 'lst_4'],
      },
      {
        rule: 'duplicate_of_other',
        severity: 'review',
        pointer: '/images',
        evidence: 'listings with an image of the same URL: 1',
        listingIds: ['lst_1', 'lst_5'],
      },
    ]);
    expect(check({ duplicates }).findings[0]?.listingIds).toEqual(['lst_2']);
  });
});

describe('the text of duplicates', () => {
  const of = (title: string, description: string) => duplicateTextOf({ title, description });

  it('is equal whatever the case, accents, spaces and punctuation', () => {
    expect(of('Großes Café!', 'zu\u200b  verkaufen…')).toBe(of('GROSSES CAFE', '“Zu verkaufen”'));
  });

  it('differs with the symbols of a text without words', () => {
    expect(of('👍👍👍', '!')).not.toBe(of('🚗🚗🚗', '!'));
  });

  it('differs with a word, and with the field that holds it', () => {
    expect(new Set([of('a b', 'c'), of('a', 'b c'), of('a b', 'd')]).size).toBe(3);
  });
});

describe("a partner's rules", () => {
  const phone = { ...content, title: 'Bicycle, call 0151 23456789' };

  it.each([
    ['block', [['phone_number', 'block', '/title']], 'reject'],
    ['info', [['phone_number', 'info', '/title']], 'approve'],
    ['off', [], 'approve'],
  ] as const)('set to %s', (setting, findings, outcome) => {
    const checked = check({ content: phone, settings: { rules: { phone_number: setting } } });
    expect([found(checked), checked.outcome]).toEqual([findings, outcome]);
  });

  it('block nothing by themselves', () => {
    expect(Object.values(checkRules).filter(({ severity }: { severity: Severity }) => severity === 'block')).toEqual(
      [],
    );
  });

  it('leave the score as it is', () => {
    const shouting = { ...content, title: 'Trekking bicycle!!!' };
    const scores = [{}, { shouting: 'off' } as const].map(
      (rules) => check({ content: shouting, settings: { rules } }).score,
    );
    expect(scores).toEqual([58, 58]);
  });
});

describe('the outcome', () => {
  it.each<[ReviewPolicy, Severity[], number, ListingCheck['outcome']]>([
    ['flagged', [], 50, 'approve'],
    ['flagged', [], 49, 'review'],
    ['flagged', ['info'], 100, 'approve'],
    ['flagged', ['info', 'review'], 100, 'review'],
    ['flagged', ['review', 'block'], 100, 'reject'],
    ['never', [], 0, 'approve'],
    ['never', ['review'], 100, 'approve'],
    ['never', ['block'], 100, 'reject'],
    ['always', [], 100, 'review'],
    ['always', ['block'], 100, 'review'],
  ])('under %s with findings %j and a score of %d is %s', (policy, severities, score, outcome) => {
    expect(outcomeOf({ policy, findings: severities.map((severity) => ({ severity })), score })).toBe(outcome);
  });

  it("follows the category's policy before the partner's", () => {
    const always = { ...category, review: 'always' } as const;
    expect(check({ category: always, settings: { review: 'never' } }).outcome).toBe('review');
    expect(check({ settings: { review: 'always' } }).outcome).toBe('review');
  });
});

describe('the quality score', () => {
  const best: QualityFacts = {
    titleWords: 9,
    descriptionWords: 99,
    attributesOfCategory: 3,
    attributesWithValue: 3,
    hasPrice: true,
    isShouting: false,
  };

  it('is the sum of its parts, 100 at most', () => {
    expect(Object.values(scoreParts).reduce((sum, { most }) => sum + most, 0)).toBe(100);
    expect(qualityScore(best)).toBe(100);
  });

  it.each<[Partial<QualityFacts>, number]>([
    [{ titleWords: 3 }, 95],
    [{ descriptionWords: 39 }, 99],
    [{ descriptionWords: 0 }, 60],
    [{ attributesWithValue: 1 }, 87],
    [{ attributesOfCategory: 0, attributesWithValue: 0 }, 100],
    [{ hasPrice: false }, 90],
    [{ isShouting: true }, 90],
    [{ titleWords: 0, descriptionWords: 0, attributesWithValue: 0, hasPrice: false, isShouting: true }, 0],
  ])('with %j is %d', (facts, score) => {
    expect(qualityScore({ ...best, ...facts })).toBe(score);
  });
});
