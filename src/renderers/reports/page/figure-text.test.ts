import { changeText, figureText } from './figure-text';

describe('figureText', () => {
  it.each([
    ['money', 'EUR', 123_456_789, '1,234,567.89 EUR'],
    ['money', 'EUR', -5, '-0.05 EUR'],
    ['money', 'JPY', -1500, '-1,500 JPY'],
    ['money', 'KWD', 1_234_567, '1,234.567 KWD'],
    ['count', null, 1_000_000, '1,000,000'],
    ['share', null, 0.5714, '57.14%'],
    ['share', null, 0.0029, '0.29%'],
    ['seconds', null, 0, '0 s'],
    ['seconds', null, 93_784, '1 d 2 h 3 min 4 s'],
    ['seconds', null, 3600, '1 h'],
    ['seconds', null, 1.5, '1.5 s'],
  ] as const)('%s in %s of %d is "%s"', (unit, currency, value, text) => {
    expect(figureText({ unit, currency, value })).toBe(text);
  });
});

describe('changeText', () => {
  it('has a sign, and points for shares', () => {
    const money = { unit: 'money', currency: 'KWD' } as const;
    expect(changeText({ ...money, value: 5, before: 1 })).toBe('+0.004 KWD');
    expect(changeText({ ...money, value: 1, before: 5 })).toBe('-0.004 KWD');
    expect(changeText({ ...money, value: 5, before: 5 })).toBe('0');
    expect(changeText({ unit: 'share', currency: null, value: 0.5, before: 0.25 })).toBe('+25.00 points');
  });
});
