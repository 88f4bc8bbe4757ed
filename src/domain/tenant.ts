export const modes = ['live', 'sandbox'] as const;
export type Mode = (typeof modes)[number];

export const scopes = ['read', 'write', 'review', 'operator'] as const;
export type Scope = (typeof scopes)[number];

/** A tenant is a partner in one mode. The id scopes uniqueness, idempotency, rate limits, clock and gateway. */
export function tenantIdOf({ partnerId, mode }: { partnerId: string; mode: Mode }): string {
  return `${partnerId}:${mode}`;
}

export type GatewayName = 'sandbox' | 'stripe';

/**
 * Through which gateway a tenant pays: sandboxes through the simulated one; Stripe is the one that live tenants can be
 * given.
 */
export const gatewayOf = (tenantId: string): GatewayName =>
  tenantOf(tenantId).mode === 'sandbox' ? 'sandbox' : 'stripe';

/** The partner and the mode of a tenant id made by {@link tenantIdOf}. */
export function tenantOf(tenantId: string): { partnerId: string; mode: Mode } {
  const [partnerId, mode] = tenantId.split(':') as [string, Mode];
  return { partnerId, mode };
}
