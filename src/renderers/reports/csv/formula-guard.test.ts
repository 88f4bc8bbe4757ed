import * as fc from 'fast-check';
import { plainText } from '../text/plain-text';
import { guardFormula } from './formula-guard';

const delimiters = fc.constantFrom(',' as const, ';' as const, '\t' as const);
const plain = fc.string({ unit: fc.constantFrom('a', '=', '-', '@', '"', "'", ' ', '1') });

describe('guardFormula', () => {
  it('guards whatever begins with a formula character after invisible ones, and nothing else', () => {
    const invisible = fc.string({ unit: fc.constantFrom(' ', '\u00a0', '\u200b', '\ufeff', '\t', '\u2060') });
    fc.assert(
      fc.property(
        invisible,
        fc.constantFrom('=', '+', '-', '@', '＝', '＋', '－', '＠'),
        plain,
        delimiters,
        (before, sign, after, delimiter) => {
          expect(guardFormula(before + sign + after, delimiter)).toBe(`'${before}${sign}${after}`);
        },
      ),
    );
    fc.assert(
      fc.property(
        invisible,
        fc.constantFrom('a', 'Ä', '王', '0', "'", '"', '(', '.', '~'),
        plain,
        delimiters,
        (before, first, after, delimiter) => {
          expect(guardFormula(before + first + after, delimiter)).toBe(before + first + after);
        },
      ),
    );
  });

  it('guards a formula behind a separator that is not the delimiter of the file', () => {
    expect(guardFormula('a;=1', ',')).toBe("a;'=1");
    expect(guardFormula('a,=1', ';')).toBe("a,'=1");
    expect(guardFormula('a;b, "+1', '\t')).toBe('a;b,\' "+1');
    expect(guardFormula('a,=1', ',')).toBe('a,=1');
    expect(guardFormula('a;=1', ';')).toBe('a;=1');
    expect(guardFormula('=1;＝2;b', ',')).toBe("'=1;'＝2;b");
  });
});

describe('plainText', () => {
  it('leaves one line without control characters, and texts without any as they are', () => {
    const unit = fc.oneof(
      fc.integer({ min: 0, max: 0xa0 }),
      fc.integer({ min: 0x2000, max: 0x2100 }),
      fc.integer({ min: 0, max: 0x10_ffff }),
    );
    fc.assert(
      fc.property(fc.string({ unit: unit.map((each) => String.fromCodePoint(each)) }), (text) => {
        expect(plainText(text)).not.toMatch(/[\p{Cc}\p{Surrogate}\u2028\u2029]/u);
        if (!/[\p{Cc}\p{Surrogate}\u2028\u2029]/u.test(text)) expect(plainText(text)).toBe(text);
      }),
    );
    expect(plainText('a\r\nb\u0000\u0085c')).toBe('a b  c');
  });
});
