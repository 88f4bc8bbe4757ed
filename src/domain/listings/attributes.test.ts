import * as fc from 'fast-check';
import { requireAttributes, requirePrice, type AttributeValue } from './attributes';
import { attributeTypes, type AttributeType, type CategoryAttribute } from './categories';

const attribute = (key: string, type: AttributeType): CategoryAttribute => ({
  key,
  names: { en: key, de: key },
  type,
  options: type === 'option' ? ['petrol', 'diesel'] : [],
  required: true,
  facet: false,
});
const category = { attributes: attributeTypes.map((type) => attribute(type, type)) };
const faultOf = (key: string, value: AttributeValue): string | null => {
  try {
    requireAttributes({ attributes: { [key]: value }, category });
    return null;
  } catch (error) {
    expect(error).toMatchObject({ code: 'ATTRIBUTE_INVALID', pointer: `/attributes/${key}` });
    return (error as Error).message;
  }
};

describe('an attribute', () => {
  it.each<[string, AttributeValue]>([
    ['text', 'Golf'],
    ['text', '😀'.repeat(200)],
    ['number', 0],
    ['number', -1.5],
    ['number', Number.MAX_SAFE_INTEGER],
    ['number', Number.MIN_SAFE_INTEGER],
    ['boolean', false],
    ['option', 'diesel'],
  ])('%s may be %j', (key, value) => expect(faultOf(key, value)).toBeNull());

  it.each<[string, AttributeValue, RegExp]>([
    ['text', 7, /text on one line/],
    ['text', '', /text on one line/],
    ['text', 'two\nlines', /text on one line/],
    ['text', '😀'.repeat(201), /at most 200/],
    ['number', '7', /must be a number/],
    ['number', Number.NaN, /must be a number/],
    ['number', Number.POSITIVE_INFINITY, /must be a number/],
    ['number', true, /must be a number/],
    ['number', 2 ** 53, /send it as a text attribute/],
    ['number', -(2 ** 53), /send it as a text attribute/],
    ['number', 1e308, /send it as a text attribute/],
    ['boolean', 'true', /true or false/],
    ['boolean', 0, /true or false/],
    ['option', 'Diesel', /one of petrol, diesel/],
    ['option', 1, /one of petrol, diesel/],
    ['colour', 'red', /unknown to the category.*text, number, boolean, option/],
    ['constructor', 'x', /unknown/],
  ])('%s may not be %j', (key, value, detail) => expect(faultOf(key, value)).toMatch(detail));

  it.each([
    ['hundreds of options', 200, 'option'],
    ['long options', 3, 'option '.repeat(28)],
  ])('with %s is refused in a short message', (_what, count, name) => {
    const options = Array.from({ length: count }, (_, index) => `${name} ${index}`);
    const attributes = [{ ...attribute('colour', 'option'), options }];
    expect.assertions(2);
    try {
      requireAttributes({ attributes: { colour: 'red' }, category: { attributes } });
    } catch (error) {
      const { message } = error as Error;
      expect(message).toMatch(/must be one of option.* 0, .*, …\.$/);
      expect(message.length).toBeLessThan(500);
    }
  });

  it('that the category requires may be missing in a draft', () =>
    expect(() => requireAttributes({ attributes: {}, category })).not.toThrow());

  it('is never dropped: whatever is accepted, the category knows by key and type', () => {
    const value = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constantFrom('petrol', 'diesel'));
    const key = fc.oneof(fc.constantFrom(...attributeTypes, 'colour'), fc.string());
    let accepted = 0;
    fc.assert(
      fc.property(fc.dictionary(key, value, { maxKeys: 2 }), (attributes) => {
        try {
          requireAttributes({ attributes, category });
        } catch {
          return;
        }
        accepted += 1;
        for (const [name, given] of Object.entries(attributes))
          expect(typeof given).toBe({ text: 'string', option: 'string', number: 'number', boolean: 'boolean' }[name]);
      }),
      { numRuns: 2000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});

describe('a price', () => {
  const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
  const bounds = { required: true, min: eur(100), max: eur(200) };

  it.each([
    ['nothing in a draft', null, bounds],
    ['the lower bound', eur(100), bounds],
    ['the upper bound', eur(200), bounds],
    ['anything without a rule', { amountMinor: 0, currency: 'JPY' }, null],
    ['anything without bounds', { amountMinor: 0, currency: 'JPY' }, { required: true, min: null, max: null }],
    ['more than a lower bound alone', eur(201), { ...bounds, max: null }],
  ])('may be %s', (_what, price, rule) => expect(() => requirePrice({ price, rule, slug: 'cars' })).not.toThrow());

  it.each([
    [eur(99), bounds, 'PRICE_OUT_OF_BOUNDS', '/price/amountMinor'],
    [eur(201), bounds, 'PRICE_OUT_OF_BOUNDS', '/price/amountMinor'],
    [eur(99), { ...bounds, max: null }, 'PRICE_OUT_OF_BOUNDS', '/price/amountMinor'],
    [eur(201), { ...bounds, min: null }, 'PRICE_OUT_OF_BOUNDS', '/price/amountMinor'],
    [{ amountMinor: 150, currency: 'GBP' }, bounds, 'CURRENCY_MISMATCH', '/price/currency'],
  ])('%j within %j is %s, in a message that names the category', (price, rule, code, pointer) => {
    const message = expect.stringContaining('the category "cars" takes') as string;
    const refusal = expect.objectContaining({ code, pointer, message });
    expect(() => requirePrice({ price, rule, slug: 'cars' })).toThrow(refusal);
  });
});
