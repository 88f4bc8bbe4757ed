import { amountStep } from '../../../domain/amount-step';
import type { Money } from '../../../domain/money';

/**
 * Where Stripe counts a currency in other units than ISO 4217 does: [our exponent, Stripe's].
 * Source: docs.stripe.com/currencies, "Zero-decimal currencies" and "Special cases".
 */
const EXPONENTS: Record<string, readonly [ours: number, stripe: number]> = {
  ISK: [0, 2],
  UGX: [0, 2],
  MGA: [2, 0],
};

/** The amount in Stripe's units, or undefined where Stripe cannot express it or does not take it. */
export function toStripeAmount({ amountMinor, currency }: Money): { amount: number; currency: string } | undefined {
  const [ours, stripe] = EXPONENTS[currency] ?? [0, 0];
  const amount = (amountMinor * 10 ** stripe) / 10 ** ours;
  if (!Number.isSafeInteger(amount) || amountMinor % amountStep({ gateway: 'stripe', currency }) !== 0)
    return undefined;
  return { amount, currency: currency.toLowerCase() };
}

export function fromStripeAmount(amount: number, stripeCurrency: string): Money {
  const currency = stripeCurrency.toUpperCase();
  const [ours, stripe] = EXPONENTS[currency] ?? [0, 0];
  return { amountMinor: Math.round((amount * 10 ** ours) / 10 ** stripe), currency };
}
