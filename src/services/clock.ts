import { tenantOf } from '../domain/tenant';
import type { Database } from '../models/database';
import type { Entity } from '../models/schema-options';

/** What time it is for a tenant: for business fields. Idempotency, leases, TTLs and rate limits stay on real time. */
export interface Clock {
  /**
   * Real time, and for a sandbox tenant its offset on top. During an advance: the time that every process has reached.
   */
  now(tenantId: string): Promise<Date>;
  /**
   * When something happens to an entity: now, and never before what happened to it last. An advance that failed leaves
   * processes behind that are ahead of the tenant's clock, by a day at most.
   */
  nowFor(entity: Pick<Entity, 'tenantId' | 'updatedAt'>): Promise<Date>;
  /** How far the tenant is ahead of real time, in ms; 0 for live tenants, without a look-up. */
  offsetMs(tenantId: string): Promise<number>;
}

/** One read by primary key for a sandbox tenant, none for a live one. */
export function createClock({ database }: { database: Database }): Clock {
  const offsetMs = async (tenantId: string): Promise<number> => {
    if (tenantOf(tenantId).mode !== 'sandbox') return 0;
    const clock = await database.models.sandboxClocks.findById(tenantId, { offsetMs: 1 }).lean();
    return clock?.offsetMs ?? 0;
  };
  const now = async (tenantId: string): Promise<Date> => new Date(Date.now() + (await offsetMs(tenantId)));
  return {
    offsetMs,
    now,
    nowFor: async ({ tenantId, updatedAt }) => new Date(Math.max((await now(tenantId)).getTime(), updatedAt.getTime())),
  };
}
