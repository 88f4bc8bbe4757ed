import { exponentOf } from './currencies';
import { DomainError } from './domain-error';

/**
 * An amount in the currency's minor unit: `{ amountMinor: 1050, currency: 'EUR' }` is €10.50, `{ 1050, 'JPY' }` is
 * ¥1,050. `amountMinor` is a safe integer; a calculation that would leave that range throws `AMOUNT_TOO_LARGE` and
 * never rounds.
 */
export interface Money {
  amountMinor: number;
  currency: string;
}

export interface RequireAmountInput {
  amount: Money;
  /** JSON pointer of the money object in the request. */
  pointer?: string;
  /** The amount must be a multiple of this many minor units (`amountStepOf`). Defaults to 1: any amount. */
  stepMinor?: number;
}

/**
 * Returns an amount that a partner may charge: a positive safe integer in an active ISO 4217 currency, in steps that
 * the gateway accepts. Throws `AMOUNT_NOT_INTEGER`, `AMOUNT_TOO_LARGE`, `AMOUNT_NOT_POSITIVE`, `AMOUNT_NOT_IN_STEPS` or
 * `CURRENCY_UNKNOWN`, pointing at the field.
 */
export function requireAmount({ amount, pointer = '/amount', stepMinor = 1 }: RequireAmountInput): Money {
  const { amountMinor, currency } = amount;
  exponentOf(currency, `${pointer}/currency`);
  requireSafeInteger(amountMinor, `${pointer}/amountMinor`);
  if (amountMinor <= 0) {
    throw new DomainError('AMOUNT_NOT_POSITIVE', `amountMinor is ${amountMinor}: it must be at least 1.`, {
      pointer: `${pointer}/amountMinor`,
    });
  }
  const over = amountMinor % stepMinor;
  if (over !== 0) {
    const taken = [amountMinor - over, amountMinor - over + stepMinor].filter(
      (each) => each > 0 && Number.isSafeInteger(each),
    );
    const rule = `the payment gateway accepts ${currency} only in multiples of ${stepMinor} minor units`;
    const detail = `amountMinor is ${amountMinor}: ${rule}. Send ${taken.join(' or ')}.`;
    throw new DomainError('AMOUNT_NOT_IN_STEPS', detail, { pointer: `${pointer}/amountMinor` });
  }
  return { amountMinor, currency };
}

function requireSafeInteger(amountMinor: number, pointer?: string): number {
  if (!Number.isInteger(amountMinor)) {
    const sent = String(amountMinor).slice(0, 30);
    const detail = `amountMinor is ${sent}: send a whole number of minor units (1050 for EUR 10.50).`;
    throw new DomainError('AMOUNT_NOT_INTEGER', detail, { pointer });
  }
  if (!Number.isSafeInteger(amountMinor)) {
    const detail = `amountMinor is beyond ${Number.MAX_SAFE_INTEGER} (2^53 - 1), the largest amount that is exact.`;
    throw new DomainError('AMOUNT_TOO_LARGE', detail, { pointer });
  }
  return amountMinor;
}

/** Returns an amount of either sign; throws unless the figure is exact. */
export const moneyOf = (amountMinor: number, currency: string): Money => {
  exponentOf(currency);
  return { amountMinor: requireSafeInteger(amountMinor) + 0, currency };
};

export const zeroMoney = (currency: string): Money => moneyOf(0, currency);

export function requireSameCurrency(a: Money, b: Money, pointer?: string): void {
  if (a.currency === b.currency) return;
  const detail = `currency ${b.currency} does not fit ${a.currency}: amounts of two currencies cannot be combined.`;
  throw new DomainError('CURRENCY_MISMATCH', detail, { pointer });
}

export function addMoney(a: Money, b: Money): Money {
  requireSameCurrency(a, b);
  return moneyOf(a.amountMinor + b.amountMinor, a.currency);
}

export const negateMoney = (money: Money): Money => moneyOf(0 - money.amountMinor, money.currency);

export const subtractMoney = (a: Money, b: Money): Money => addMoney(a, negateMoney(b));

export const sumMoney = (parts: readonly Money[], currency: string): Money =>
  parts.reduce(addMoney, zeroMoney(currency));

/** Returns a negative number, zero or a positive number, as for `Array.prototype.sort`. */
export function compareMoney(a: Money, b: Money): number {
  requireSameCurrency(a, b);
  return Math.sign(a.amountMinor - b.amountMinor);
}

export const minMoney = (a: Money, b: Money): Money => (compareMoney(a, b) <= 0 ? a : b);

/**
 * Returns the price of a whole, non-negative number of items. Throws `QUANTITY_INVALID` for any other number and
 * `AMOUNT_TOO_LARGE` for too many items, both pointing at `/quantity`.
 */
export function multiplyMoney(price: Money, quantity: number): Money {
  if (!Number.isSafeInteger(quantity) || quantity < 0) {
    throw new DomainError('QUANTITY_INVALID', `quantity is ${quantity}: send a whole number, not below 0.`, {
      pointer: '/quantity',
    });
  }
  if (!Number.isSafeInteger(price.amountMinor * quantity)) {
    const most = Math.floor(Number.MAX_SAFE_INTEGER / Math.abs(price.amountMinor));
    const limit = `${Number.MAX_SAFE_INTEGER} (2^53 - 1), the largest exact amount`;
    const detail = `quantity is ${quantity}: at ${price.amountMinor} each, more than ${limit}. Send ${most} at most.`;
    throw new DomainError('AMOUNT_TOO_LARGE', detail, { pointer: '/quantity' });
  }
  return moneyOf(price.amountMinor * quantity, price.currency);
}

/**
 * Splits an amount by weights so that the parts add up to the whole: each part is its share rounded down, and the units
 * left over go to the largest remainders, the earlier part first where they are equal (Hamilton's method). Exact at any
 * size; a negative amount splits as its mirror image. Weights are whole, not negative, and not all zero. With
 * `stepMinor` the amount, and every part, is a multiple of that many minor units.
 */
export function allocateMoney(money: Money, weights: readonly number[], stepMinor = 1): Money[] {
  const total = weights.reduce((sum, weight) => sum + toWeight(weight), 0n);
  if (total === 0n) throw new DomainError('ALLOCATION_INVALID', 'At least one weight must be above 0.');
  const sign = money.amountMinor < 0 ? -1 : 1;
  if (money.amountMinor % stepMinor !== 0)
    throw new DomainError('ALLOCATION_INVALID', `${money.amountMinor} cannot be split in steps of ${stepMinor}.`);
  const whole = BigInt((moneyOf(money.amountMinor, money.currency).amountMinor * sign) / stepMinor);

  const shares = weights.map((weight, index) => {
    const exact = whole * BigInt(weight);
    return { index, units: exact / total, remainder: exact % total };
  });
  const leftOver = Number(whole - shares.reduce((sum, { units }) => sum + units, 0n));
  const neediestFirst = shares.toSorted(
    (a, b) => Number(b.remainder > a.remainder) - Number(b.remainder < a.remainder),
  );
  for (const share of neediestFirst.slice(0, leftOver)) share.units += 1n;

  return shares.map(({ units }) => moneyOf(0 + sign * Number(units) * stepMinor, money.currency));
}

function toWeight(weight: number): bigint {
  if (Number.isSafeInteger(weight) && weight >= 0) return BigInt(weight);
  throw new DomainError('ALLOCATION_INVALID', `Weight ${weight} must be a whole number, not below 0.`);
}
