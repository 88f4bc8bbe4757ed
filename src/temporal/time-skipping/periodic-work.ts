import type { Database } from '../../models/database';

/**
 * Work on a tenant's documents that a schedule does every few minutes, and that belongs to no workflow of the tenant.
 * Schedules follow real time, so the advance of a sandbox's clock does the work itself.
 */
export interface PeriodicWork {
  /** Does all that is due at a business time. Repeating it changes nothing. */
  run: (input: TenantInput & { at: Date }) => Promise<void>;
  /** Returns the first, or with `last` the last, instant in a range at which something is due; null for none. */
  findDue: (input: TenantInput & { range: { from: Date; until: Date }; last?: boolean }) => Promise<Date | null>;
}

/** Such work that waits until an advance has arrived. Repeating it changes nothing. */
export type ArrivalWork = (input: TenantInput) => Promise<void>;

export interface TenantInput {
  database: Database;
  tenantId: string;
}
