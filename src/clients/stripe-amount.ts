import type { Money } from '../domain/money';

/**
 * Where Stripe counts a currency in other units than ISO 4217 does: [our exponent, Stripe's].
 * Source: docs.stripe.com/currencies, "Zero-decimal currencies" and "Special cases".
 */
const EXPONENTS: Record<string, readonly [ours: number, stripe: number]> = {
  ISK: [0, 2],
  UGX: [0, 2],
  MGA: [2, 0],
};

/** Stripe takes these to the nearest ten: their last digit must be 0 (same source, "Three-decimal currencies"). */
const LAST_DIGIT_ZERO = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND']);

/** The amount in Stripe's units, or undefined where Stripe cannot express it. */
export function toStripeAmount({ amountMinor, currency }: Money): { amount: number; currency: string } | undefined {
  const [ours, stripe] = EXPONENTS[currency] ?? [0, 0];
  const amount = (amountMinor * 10 ** stripe) / 10 ** ours;
  if (!Number.isSafeInteger(amount) || (LAST_DIGIT_ZERO.has(currency) && amount % 10 !== 0)) return undefined;
  return { amount, currency: currency.toLowerCase() };
}

export function fromStripeAmount(amount: number, stripeCurrency: string): Money {
  const currency = stripeCurrency.toUpperCase();
  const [ours, stripe] = EXPONENTS[currency] ?? [0, 0];
  return { amountMinor: Math.round((amount * 10 ** ours) / 10 ** stripe), currency };
}
