import { tenantOf } from '../domain/tenant';
import type { Database } from '../models/database';
import type { Entity } from '../models/schema-options';

/** A tenant's time, for business fields. Idempotency, leases, TTLs and rate limits stay on real time. */
export interface Clock {
  /**
   * Returns real time, plus the offset of a sandbox tenant. During an advance: the time that every process has reached.
   */
  now(tenantId: string): Promise<Date>;
  /**
   * Returns the time of a new event of an entity: now, and never before the entity's last event. After an advance that
   * failed, processes may be ahead of the tenant's clock, by a day at most.
   */
  nowFor(entity: Pick<Entity, 'tenantId' | 'updatedAt'>): Promise<Date>;
  /** Returns the tenant's lead over real time, in ms; 0 for live tenants, without a look-up. */
  offsetMs(tenantId: string): Promise<number>;
}

/** Creates a clock that reads once by primary key for a sandbox tenant, and not at all for a live tenant. */
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
