import { gatewayOf, type GatewayName } from './tenant';

/**
 * Currencies that a gateway accepts only in larger steps than their minor unit; in minor units of ISO 4217.
 *
 * Stripe: the last digit of an amount in a three-decimal currency must be 0, and MGA (two decimals in ISO 4217) is
 * counted in whole ariary. ISK and UGX, which Stripe writes with two decimals that must be 0, have no minor unit in ISO
 * 4217, so Stripe accepts every amount of them; the special cases of HUF and TWD concern payouts only. Source:
 * docs.stripe.com/currencies, "Three-decimal currencies", "Zero-decimal currencies", "Special cases".
 */
const steps: Readonly<Record<GatewayName, Readonly<Record<string, number>>>> = {
  sandbox: {},
  stripe: { BHD: 10, JOD: 10, KWD: 10, OMR: 10, TND: 10, MGA: 100 },
};

/** The gateway accepts only multiples of this many minor units; 1 means any amount. */
export const amountStep = ({ gateway, currency }: { gateway: GatewayName; currency: string }): number =>
  steps[gateway][currency] ?? 1;

/** Returns `amountStep` for the gateway of a tenant. */
export const amountStepOf = ({ tenantId, currency }: { tenantId: string; currency: string }): number =>
  amountStep({ gateway: gatewayOf(tenantId), currency });
