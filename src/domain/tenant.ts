export const modes = ['live', 'sandbox'] as const;
export type Mode = (typeof modes)[number];

export const scopes = ['read', 'write', 'review', 'search', 'operator'] as const;
export type Scope = (typeof scopes)[number];

/**
 * Returns the id of a tenant, a partner in one mode. The id scopes uniqueness, idempotency, rate limits, clock and
 * gateway.
 */
export function tenantIdOf({ partnerId, mode }: { partnerId: string; mode: Mode }): string {
  return `${partnerId}:${mode}`;
}

export type GatewayName = 'sandbox' | 'stripe';

/**
 * Returns the gateway of a tenant: the simulated one for sandboxes; Stripe, the only other gateway, for live tenants.
 */
export const gatewayOf = (tenantId: string): GatewayName =>
  tenantOf(tenantId).mode === 'sandbox' ? 'sandbox' : 'stripe';

/** Returns the partner and the mode of a tenant id made by {@link tenantIdOf}. */
export function tenantOf(tenantId: string): { partnerId: string; mode: Mode } {
  const [partnerId, mode] = tenantId.split(':') as [string, Mode];
  return { partnerId, mode };
}
