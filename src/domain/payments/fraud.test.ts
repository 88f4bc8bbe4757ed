import type { PaymentMethodFacts } from './card';
import { cardExpiresAt, cardProblems } from './card';
import type { FraudFacts } from './fraud';
import { assessFraud, defaultFraudRules, MAX_DENY_LIST_ENTRIES, requireDenyList } from './fraud';
import { moneyOf } from '../money';

const calm: FraudFacts = {
  amount: moneyOf(5000, 'EUR'),
  velocity: { paymentsLastHour: 0, paymentsLastDay: 0, declinesLastHour: 0 },
  subjects: [{ kind: 'customer', value: 'c-1' }],
};
const decide = (given: Partial<FraudFacts>, rules = defaultFraudRules) =>
  assessFraud({ facts: { ...calm, ...given }, rules });
const velocity = (given: Partial<NonNullable<FraudFacts['velocity']>>) => ({
  velocity: { paymentsLastHour: 0, paymentsLastDay: 0, declinesLastHour: 0, ...given },
});

describe('fraud rules', () => {
  test('allow a payment that is not unusual, without a reason', () =>
    expect(decide({})).toEqual({ decision: 'allow', reasons: [] }));

  test.each([
    [moneyOf(999_999, 'EUR'), 'allow'],
    [moneyOf(1_000_000, 'EUR'), 'review'],
    [moneyOf(10_000_000, 'EUR'), 'deny'],
    [moneyOf(999_999, 'JPY'), 'allow'],
    [moneyOf(1_000_000, 'JPY'), 'review'],
    [moneyOf(10_000_000, 'KWD'), 'review'],
  ])('judge %j: %s', (amount, decision) => expect(decide({ amount }).decision).toBe(decision));

  test.each([
    [{ paymentsLastHour: 18 }, 'allow'],
    [{ paymentsLastHour: 19 }, 'review'],
    [{ paymentsLastHour: 59 }, 'deny'],
    [{ paymentsLastDay: 99 }, 'review'],
    [{ declinesLastHour: 4 }, 'allow'],
    [{ declinesLastHour: 5 }, 'review'],
    [{ declinesLastHour: 15 }, 'deny'],
  ])('judge the pace %j: %s', (given, decision) => expect(decide(velocity(given)).decision).toBe(decision));

  test('count nothing for a payment that names no customer', () =>
    expect(decide({ velocity: null }).decision).toBe('allow'));

  test('deny values on the list, however spelled, and only in their own kind', () => {
    const rules = {
      ...defaultFraudRules,
      denyList: [{ kind: 'customer' as const, value: ' C-1', reason: 'chargebacks' }],
    };
    expect(decide({}, rules)).toEqual({
      decision: 'deny',
      reasons: [{ rule: 'deny_list', decision: 'deny', detail: 'The customer is on the deny list: chargebacks' }],
    });
    expect(decide({ subjects: [{ kind: 'payment_method', value: 'c-1' }] }, rules).decision).toBe('allow');
  });

  test.each([
    ['full-width letters', 'ｃ-１'],
    ['composed letters', 'Cafe\u0301'],
    ['a ligature', 'oﬃce'],
    ['a sign that has letters', '℡-1'],
  ])('compare %s after NFKC', (_what, value) => {
    const denyList = ['C-1', 'café', 'OFFICE', 'tel-1'].map((each) => ({
      kind: 'customer' as const,
      value: each,
      reason: 'chargebacks',
    }));
    const subjects = [{ kind: 'customer' as const, value }];
    expect(decide({ subjects }, { ...defaultFraudRules, denyList }).decision).toBe('deny');
  });

  test('give every reason, and the strictest decision', () => {
    const { decision, reasons } = decide({ amount: moneyOf(1_000_000, 'EUR'), ...velocity({ declinesLastHour: 20 }) });
    expect(decision).toBe('deny');
    expect(reasons.map(({ rule, decision: each }) => [rule, each])).toEqual([
      ['amount', 'review'],
      ['declines_per_hour', 'deny'],
    ]);
  });
});

describe('a deny list', () => {
  const entry = { kind: 'customer' as const, value: 'c-1', reason: 'chargebacks' };
  const refused = (denyList: Parameters<typeof requireDenyList>[0]) => () => requireDenyList(denyList);

  test('is trimmed, and may name the same value in two kinds', () => {
    expect(
      requireDenyList([
        { ...entry, value: ' c-1 ', reason: ' chargebacks ' },
        { ...entry, kind: 'payment_method' },
      ]),
    ).toEqual([entry, { ...entry, kind: 'payment_method' }]);
  });

  test.each([
    ['a value that repeats in another case', [entry, { ...entry, value: 'C-1 ' }], '/denyList/1/value'],
    ['a value that repeats in another form', [entry, { ...entry, value: 'ｃ-１' }], '/denyList/1/value'],
    ['an empty value', [{ ...entry, value: ' ' }], '/denyList/0/value'],
    [
      'too many',
      Array.from({ length: MAX_DENY_LIST_ENTRIES + 1 }, (_, index) => ({ ...entry, value: `c-${index}` })),
      '/denyList',
    ],
  ])('with %s is refused', (_what, list, pointer) => {
    expect(refused(list)).toThrow(expect.objectContaining({ code: 'DENY_LIST_INVALID', pointer }));
  });
});

describe('a card', () => {
  const facts: PaymentMethodFacts = {
    brand: 'visa',
    last4: '4242',
    expiryMonth: 12,
    expiryYear: 2026,
    usable: true,
    currencies: null,
  };
  const problems = (given: Partial<PaymentMethodFacts>, at = '2026-06-01T00:00:00Z') =>
    cardProblems({ facts: { ...facts, ...given }, amount: moneyOf(1, 'EUR'), at }).map(({ code }) => code);

  test('is valid through the last day of its month everywhere on earth', () => {
    expect(cardExpiresAt(facts)).toBe('2027-01-01T12:00:00.000Z');
    expect(problems({}, '2027-01-01T11:59:59Z')).toEqual([]);
    expect(problems({}, '2027-01-01T12:00:00Z')).toEqual(['card_expired']);
  });

  test('is refused when unknown, blocked, of another currency or with an impossible expiry', () => {
    expect(cardProblems({ facts: null, amount: moneyOf(1, 'EUR'), at: '2026-06-01T00:00:00Z' })[0]?.code).toBe(
      'card_invalid',
    );
    expect(problems({ usable: false, currencies: ['JPY'] })).toEqual(['card_unusable', 'card_currency_unsupported']);
    expect(problems({ expiryMonth: 13 })).toEqual(['card_invalid']);
  });
});
