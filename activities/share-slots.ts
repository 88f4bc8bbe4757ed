import type { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { ActivityInterceptors } from '@temporalio/worker';
import { TENANT_SLOTS_TAKEN } from '../src/contracts/tenant-slots';
import { TenantPlaces } from '../src/domain/tenant-places';

/** The same for every attempt: a pause that grew would let newer activities overtake older ones again and again. */
const PAUSE_MS = { least: 1000, most: 5000 };

export interface ShareSlotsInput {
  /** The activities that the worker runs at a time. */
  slots: number;
  /** Called for every attempt that is put off. */
  onPutOff?: () => void;
}

/**
 * Returns an interceptor, for one worker, that keeps slots free for other tenants: a tenant's activity begins only
 * while that tenant holds fewer slots than are free. So a tenant whose gateway is slow has half of the slots at most,
 * and a tenant without a running activity always finds a free slot.
 *
 * An attempt above that fails before anything of it has run, and Temporal repeats it after a random pause of 1 to 5 s.
 * So it waits at the server instead of in a slot, and the waiting attempts do not return all at once. The pause does
 * not grow with the attempts, among which Temporal counts real failures too.
 */
export function shareSlots({ slots, onPutOff }: ShareSlotsInput): (context: Context) => ActivityInterceptors {
  const places = new TenantPlaces(slots);
  return ({ info: { priority } }) => ({
    inbound: {
      async execute(input, next) {
        // The fairness key is the tenant (src/temporal/workflow-starter.ts).
        const tenant = priority?.fairnessKey;
        if (!tenant) return next(input);
        if (!places.take(tenant)) {
          onPutOff?.();
          throw slotsTaken();
        }
        try {
          return await next(input);
        } finally {
          places.giveBack(tenant);
        }
      },
    },
  });
}

function slotsTaken(): ApplicationFailure {
  return ApplicationFailure.create({
    message: "The step waits for its turn: the tenant's other steps hold its share of this worker's slots",
    type: TENANT_SLOTS_TAKEN,
    nextRetryDelay: Math.round(PAUSE_MS.least + (PAUSE_MS.most - PAUSE_MS.least) * Math.random()),
    category: ApplicationFailureCategory.BENIGN,
  });
}
