import { moneyOf } from '../money';
import type { PlanItem, PlanTerms } from './plan';
import { priceOf, requirePlanTerms } from './plan';

const code = (expected: string, pointer?: string) =>
  expect.objectContaining({ code: expected, ...(pointer && { pointer }) });

describe('a plan', () => {
  const terms: PlanTerms = {
    name: ' Pro ',
    amount: moneyOf(1, 'EUR'),
    interval: 'month',
    intervalCount: 1,
    trialDays: 0,
  };
  const item = (amountMinor: number, quantity: number): PlanItem => ({
    planId: 'plan_A',
    quantity,
    plan: { ...terms, amount: moneyOf(amountMinor, 'EUR') },
  });

  test('is accepted as given, its name trimmed', () =>
    expect(requirePlanTerms(terms)).toEqual({ ...terms, name: 'Pro' }));

  test('has a name of at most 120 characters, each counted once', () => {
    expect(requirePlanTerms({ ...terms, name: '😀'.repeat(120) }).name).toBe('😀'.repeat(120));
    expect(() => requirePlanTerms({ ...terms, name: '😀'.repeat(121) })).toThrow(code('PLAN_INVALID', '/name'));
  });

  test.each([
    [{ name: '  ' }, 'PLAN_INVALID', '/name'],
    [{ amount: { amountMinor: 0, currency: 'EUR' } }, 'AMOUNT_NOT_POSITIVE', '/amount/amountMinor'],
    [{ intervalCount: 0 }, 'INTEGER_OUT_OF_RANGE', '/intervalCount'],
    [{ intervalCount: 37 }, 'INTEGER_OUT_OF_RANGE', '/intervalCount'],
    [{ trialDays: -1 }, 'INTEGER_OUT_OF_RANGE', '/trialDays'],
    [{ interval: 'hour' as 'day' }, 'PLAN_INVALID', '/interval'],
  ])('with %j is refused', (given, expected, pointer) => {
    expect(() => requirePlanTerms({ ...terms, ...given })).toThrow(code(expected, pointer));
  });

  test('costs its price times the quantity, from 1 to a million', () => {
    expect(priceOf(item(250, 4)).amountMinor).toBe(1000);
    for (const quantity of [0, 1_000_001, 1.5])
      expect(() => priceOf(item(1, quantity))).toThrow(code('INTEGER_OUT_OF_RANGE', '/quantity'));
  });
});
