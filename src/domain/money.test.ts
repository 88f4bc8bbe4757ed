import * as fc from 'fast-check';
import { currencyCodes, exponentOf } from './currencies';
import { DomainError } from './domain-error';
import {
  addMoney,
  allocateMoney,
  compareMoney,
  moneyOf,
  multiplyMoney,
  negateMoney,
  requireAmount,
  subtractMoney,
  sumMoney,
} from './money';
import { formatMoney, toDecimal } from './money-text';

const errorOf = (run: () => unknown): DomainError => {
  try {
    run();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

const anyAmount = fc.maxSafeInteger();
const anyCurrency = fc.constantFrom(...currencyCodes);

describe('currencies', () => {
  test.each([
    ['JPY', 0],
    ['KRW', 0],
    ['EUR', 2],
    ['HUF', 2],
    ['MGA', 2],
    ['KWD', 3],
    ['IQD', 3],
    ['CLF', 4],
  ])('%s counts %i digits, as in ISO 4217', (code, exponent) => {
    expect(exponentOf(code)).toBe(exponent);
  });

  test('the list is the active one, without codes that have no minor unit or were withdrawn', () => {
    expect(currencyCodes).toHaveLength(165);
    for (const gone of ['HRK', 'BGN', 'ANG', 'ZWL', 'SLL', 'XAU', 'XTS', 'XXX', '__proto__', 'constructor', '']) {
      expect(errorOf(() => exponentOf(gone)).code).toBe('CURRENCY_UNKNOWN');
    }
  });

  test('a code in small letters is refused with the remedy', () => {
    expect(errorOf(() => exponentOf('eur')).message).toContain('write it in capitals: EUR');
  });
});

describe('an amount a partner sends', () => {
  test.each([
    [{ amountMinor: -1, currency: 'EUR' }, 'AMOUNT_NOT_POSITIVE', '/amount/amountMinor'],
    [{ amountMinor: 0, currency: 'EUR' }, 'AMOUNT_NOT_POSITIVE', '/amount/amountMinor'],
    [{ amountMinor: -0, currency: 'EUR' }, 'AMOUNT_NOT_POSITIVE', '/amount/amountMinor'],
    [{ amountMinor: 10.5, currency: 'JPY' }, 'AMOUNT_NOT_INTEGER', '/amount/amountMinor'],
    [{ amountMinor: Number.NaN, currency: 'EUR' }, 'AMOUNT_NOT_INTEGER', '/amount/amountMinor'],
    [{ amountMinor: '100' as unknown as number, currency: 'EUR' }, 'AMOUNT_NOT_INTEGER', '/amount/amountMinor'],
    [{ amountMinor: 2 ** 53, currency: 'EUR' }, 'AMOUNT_TOO_LARGE', '/amount/amountMinor'],
    [{ amountMinor: 100, currency: 'XYZ' }, 'CURRENCY_UNKNOWN', '/amount/currency'],
  ])('%j is refused with %s', (amount, code, pointer) => {
    expect(errorOf(() => requireAmount({ amount }))).toMatchObject({ code, pointer });
  });

  test('1 and 2^53 - 1 are accepted', () => {
    for (const amountMinor of [1, Number.MAX_SAFE_INTEGER]) {
      expect(requireAmount({ amount: { amountMinor, currency: 'KWD' } })).toEqual({ amountMinor, currency: 'KWD' });
    }
  });

  test.each([
    [1234, 'Send 1230 or 1240.'],
    [7, 'Send 10.'],
    [Number.MAX_SAFE_INTEGER, `Send ${Number.MAX_SAFE_INTEGER - 1}.`],
  ])('%i where the gateway accepts tens is refused with the nearest valid amounts', (amountMinor, remedy) => {
    const refused = errorOf(() => requireAmount({ amount: { amountMinor, currency: 'KWD' }, stepMinor: 10 }));
    expect(refused).toMatchObject({ code: 'AMOUNT_NOT_IN_STEPS', pointer: '/amount/amountMinor' });
    expect(refused.message).toContain(remedy);
    expect(requireAmount({ amount: { amountMinor: 1230, currency: 'KWD' }, stepMinor: 10 }).amountMinor).toBe(1230);
  });
});

describe('arithmetic', () => {
  test('leaving the exact range is an error, never a rounded sum', () => {
    const most = moneyOf(Number.MAX_SAFE_INTEGER, 'EUR');
    expect(errorOf(() => addMoney(most, moneyOf(1, 'EUR'))).code).toBe('AMOUNT_TOO_LARGE');
    expect(errorOf(() => multiplyMoney(most, 2))).toMatchObject({
      code: 'AMOUNT_TOO_LARGE',
      pointer: '/quantity',
      message: expect.stringContaining('Send 1 at most'),
    });
  });

  test('two currencies do not mix', () => {
    const [euro, yen] = [moneyOf(1, 'EUR'), moneyOf(1, 'JPY')];
    for (const mix of [() => addMoney(euro, yen), () => subtractMoney(euro, yen), () => compareMoney(euro, yen)]) {
      expect(errorOf(mix).code).toBe('CURRENCY_MISMATCH');
    }
  });

  test('there is no negative zero', () => {
    for (const zero of [
      negateMoney(moneyOf(0, 'EUR')),
      moneyOf(-0, 'EUR'),
      multiplyMoney(moneyOf(-5, 'EUR'), 0),
      ...allocateMoney(moneyOf(-1, 'EUR'), [1, 1]),
    ]) {
      expect(Object.is(zero.amountMinor, -0)).toBe(false);
    }
  });

  test.each([-1, 1.5, 2 ** 53, Number.NaN])('a quantity of %d is refused', (quantity) => {
    expect(errorOf(() => multiplyMoney(moneyOf(1, 'EUR'), quantity))).toMatchObject({
      code: 'QUANTITY_INVALID',
      pointer: '/quantity',
    });
  });
});

describe('allocation', () => {
  const minor = (parts: { amountMinor: number }[]) => parts.map(({ amountMinor }) => amountMinor);

  test('left-over units go to the largest remainders, the earlier first where equal', () => {
    expect(minor(allocateMoney(moneyOf(100, 'EUR'), [1, 1, 1]))).toEqual([34, 33, 33]);
    expect(minor(allocateMoney(moneyOf(101, 'EUR'), [1, 5, 4]))).toEqual([10, 51, 40]);
    expect(minor(allocateMoney(moneyOf(-100, 'JPY'), [1, 1, 1]))).toEqual([-34, -33, -33]);
    expect(minor(allocateMoney(moneyOf(5, 'KWD'), [0, 1]))).toEqual([0, 5]);
    expect(minor(allocateMoney(moneyOf(100, 'KWD'), [1, 1, 1], 10))).toEqual([40, 30, 30]);
    expect(errorOf(() => allocateMoney(moneyOf(105, 'KWD'), [1, 1], 10)).code).toBe('ALLOCATION_INVALID');
  });

  test('parts always add up, and each is less than a unit from its exact share', () => {
    const weights = fc
      .array(fc.nat({ max: Number.MAX_SAFE_INTEGER }), { minLength: 1, maxLength: 12 })
      .filter((list) => list.some((weight) => weight > 0));
    fc.assert(
      fc.property(anyAmount, weights, (amountMinor, list) => {
        const parts = allocateMoney(moneyOf(amountMinor, 'EUR'), list);
        expect(sumMoney(parts, 'EUR').amountMinor).toBe(amountMinor + 0);
        const total = list.reduce((sum, weight) => sum + BigInt(weight), 0n);
        parts.forEach((part, index) => {
          const off = BigInt(part.amountMinor) * total - BigInt(amountMinor) * BigInt(list[index] ?? 0);
          expect(off < total && off > -total).toBe(true);
        });
      }),
      { numRuns: 300 },
    );
  });

  test.each([[[]], [[0, 0]], [[-1, 2]], [[0.5]]])('weights %j are refused', (weights) => {
    expect(errorOf(() => allocateMoney(moneyOf(1, 'EUR'), weights)).code).toBe('ALLOCATION_INVALID');
  });
});

describe('money as text', () => {
  test('shows every digit of the minor unit that ISO gives the currency', () => {
    expect(formatMoney({ money: moneyOf(1050, 'EUR') })).toBe('€10.50');
    expect(formatMoney({ money: moneyOf(1050, 'JPY') })).toBe('¥1,050');
    expect(formatMoney({ money: moneyOf(100_050, 'HUF') })).toBe('HUF\u00a01,000.50');
    expect(formatMoney({ money: moneyOf(1500, 'KWD') })).toBe('KWD\u00a01.500');
    expect(formatMoney({ money: moneyOf(Number.MAX_SAFE_INTEGER, 'USD') })).toBe('$90,071,992,547,409.91');
    expect(toDecimal(moneyOf(-5, 'KWD'))).toBe('-0.005');
  });

  test('a formatted amount has every digit of the amount, in every currency and many locales', () => {
    const locales = fc.constantFrom('en', 'de', 'de-CH', 'fr', 'es', 'sv', 'ja', 'pl', 'pt-BR');
    const digitsOf = (text: string) => text.replace(/\D/g, '');
    fc.assert(
      fc.property(anyAmount, anyCurrency, locales, (amountMinor, currency, locale) => {
        const money = moneyOf(amountMinor, currency);
        expect(digitsOf(formatMoney({ money, locale }))).toBe(digitsOf(toDecimal(money)));
      }),
      { numRuns: 400 },
    );
  });
});
