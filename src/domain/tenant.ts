export const modes = ['live', 'sandbox'] as const;
export type Mode = (typeof modes)[number];

export const scopes = ['read', 'write', 'review', 'operator'] as const;
export type Scope = (typeof scopes)[number];

/** A tenant is a partner in one mode. The id scopes uniqueness, idempotency, rate limits, clock and gateway. */
export function tenantIdOf({ partnerId, mode }: { partnerId: string; mode: Mode }): string {
  return `${partnerId}:${mode}`;
}

/** The partner and the mode of a tenant id made by {@link tenantIdOf}. */
export function tenantOf(tenantId: string): { partnerId: string; mode: Mode } {
  const [partnerId, mode] = tenantId.split(':') as [string, Mode];
  return { partnerId, mode };
}
