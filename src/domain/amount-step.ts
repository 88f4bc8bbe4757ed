import { gatewayOf, type GatewayName } from './tenant';

/**
 * Where a gateway takes a currency in larger steps than its minor unit; in minor units of ISO 4217.
 *
 * Stripe: the last digit of an amount in a three-decimal currency must be 0, and MGA (two decimals in ISO 4217) is
 * counted in whole ariary. ISK and UGX, which Stripe writes with two decimals that must be 0, have no minor unit for
 * us, so all we can count is taken; the special cases of HUF and TWD concern payouts only. Source:
 * docs.stripe.com/currencies, "Three-decimal currencies", "Zero-decimal currencies", "Special cases".
 */
const steps: Readonly<Record<GatewayName, Readonly<Record<string, number>>>> = {
  sandbox: {},
  stripe: { BHD: 10, JOD: 10, KWD: 10, OMR: 10, TND: 10, MGA: 100 },
};

/**
 * Of which number of minor units every amount must be a multiple for the gateway to take it; 1 where it takes every
 * amount.
 */
export const amountStep = ({ gateway, currency }: { gateway: GatewayName; currency: string }): number =>
  steps[gateway][currency] ?? 1;

/** The same for the gateway of a tenant. */
export const amountStepOf = ({ tenantId, currency }: { tenantId: string; currency: string }): number =>
  amountStep({ gateway: gatewayOf(tenantId), currency });
