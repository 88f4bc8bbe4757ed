import { newContent, patchContent, requireInCategory, withImages } from './content';

const least = { title: 'Golf', description: 'Well kept', category: 'cars' };
const category = {
  names: { en: 'Cars', de: 'Autos' },
  parent: null,
  attributes: [],
  price: null,
  durationDays: null,
  review: null,
};

it('is complete, with null or nothing for what was left out', () =>
  expect(newContent(least)).toEqual({
    ...least,
    price: null,
    attributes: {},
    images: [],
    place: null,
    language: null,
    metadata: {},
  }));

it.each([
  ['Car', 'Car'],
  ['  Car\t', 'Car'],
  ['😀😀😀', '😀😀😀'],
])('has the title %j trimmed', (title, expected) => expect(newContent({ ...least, title }).title).toBe(expected));

it.each(['', '  a  ', '   ', '😀😀'])('needs three characters in its title, so %j is refused', (title) =>
  expect(() => newContent({ ...least, title })).toThrow(
    expect.objectContaining({ code: 'INVALID_REQUEST', pointer: '/title' }),
  ),
);

it('keeps what a patch leaves out, and replaces attributes and metadata as a whole', () => {
  const before = newContent({ ...least, attributes: { a: 1, b: 2 }, metadata: { x: '1' }, language: 'de' });
  expect(patchContent(before, { attributes: { b: 3 }, language: null })).toEqual({
    ...before,
    attributes: { b: 3 },
    language: null,
  });
});

it('has images in their order, without an alternative text unless one is sent', () => {
  const [first, second] = [{ url: 'https://images.example/1' }, { url: 'https://images.example/2', alt: 'Side' }];
  const content = newContent({ ...least, images: [second, first] });
  expect(content.images).toEqual([second, { ...first, alt: null }]);
  expect(patchContent(content, { title: 'Golf II' }).images).toEqual(content.images);
  expect(patchContent(content, { images: [] }).images).toEqual([]);
});

it('has no images where it was stored before listings had any', () => {
  const { images: _images, ...stored } = newContent(least);
  expect(withImages(stored).images).toEqual([]);
});

it('has its texts in one form of Unicode, however they were typed', () => {
  const text = 'Stu\u0308hle fu\u0308r Ma\u0308rz';
  const whole = (typed: string) => ({
    title: typed,
    description: typed,
    category: 'cars',
    attributes: { a: typed, b: 1 },
    images: [{ url: 'https://images.example/u\u0308', alt: typed }],
    place: { name: typed, country: 'DE' },
    metadata: { made: typed },
  });
  const content = newContent(whole(text));
  expect(content).toEqual(newContent(whole(text.normalize())));
  expect(content.metadata).toEqual({ made: text.normalize() });
  expect(patchContent(content, whole(text))).toEqual(content);
});

it.each<[string[], string | null]>([
  [['title'], null],
  [['price'], '/price/amountMinor'],
  [['attributes'], '/attributes/a'],
  [['attributes', 'price'], '/attributes/a'],
  [['category'], '/attributes/a'],
])('whose %j change is refused at one of them: %s', (changed, pointer) => {
  const content = newContent({ ...least, price: { amountMinor: 0, currency: 'EUR' }, attributes: { a: 1 } });
  const price = { required: false, min: { amountMinor: 1, currency: 'EUR' }, max: null };
  const check = () => requireInCategory({ content, category: { ...category, price }, changed });
  if (pointer === null) check();
  else expect(check).toThrow(expect.objectContaining({ pointer }));
});

it('may lack a required price in a draft, and not where buyers see it', () => {
  const content = newContent(least);
  const priced = { ...category, price: { required: true, min: null, max: null } };
  requireInCategory({ content, category: priced });
  requireInCategory({ content, category: priced, isShown: true, changed: ['metadata'] });
  expect(() => requireInCategory({ content, category: priced, isShown: true, changed: ['price'] })).toThrow(
    expect.objectContaining({ code: 'PRICE_OUT_OF_BOUNDS', pointer: '/price' }),
  );
});

it('without a category any more needs another one, which the problem says', () => {
  const content = newContent(least);
  expect(() => requireInCategory({ content, category: null, changed: ['price'] })).toThrow(
    'The listing\'s category "cars" no longer exists: send another category as well.',
  );
  expect(() => requireInCategory({ content, category: null, changed: ['category'] })).toThrow(/create it first/);
});

it('needs a category that exists, and follows the rules for its attributes and its price', () => {
  const content = newContent({ ...least, price: { amountMinor: 0, currency: 'EUR' } });
  const price = { required: false, min: { amountMinor: 1, currency: 'EUR' }, max: null };
  const refused = (code: string, pointer: string) => expect.objectContaining({ code, pointer });
  requireInCategory({ content, category });
  expect(() => requireInCategory({ content, category: null })).toThrow(refused('CATEGORY_UNKNOWN', '/category'));
  expect(() => requireInCategory({ content, category: { ...category, price } })).toThrow(
    refused('PRICE_OUT_OF_BOUNDS', '/price/amountMinor'),
  );
  expect(() => requireInCategory({ content: { ...content, attributes: { a: 1 } }, category })).toThrow(
    refused('ATTRIBUTE_INVALID', '/attributes/a'),
  );
});
