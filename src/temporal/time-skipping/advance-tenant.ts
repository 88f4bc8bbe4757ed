import type { Client } from '@temporalio/client';
import type { AdvanceSlice, AdvanceStepInput } from '../../contracts/sandbox/sandbox-clock';
import type { OperationFailure } from '../../contracts/operation';
import { nextHop } from '../../domain/sandbox/sandbox-clock';
import type { Database } from '../../models/database';
import { findRunningAdvance, recordHop } from '../../services/sandbox/operation-progress';
import { outsideWaitOf } from './outside-waits';
import { PendingTimers } from './pending-timers';
import { AT_ONCE, inParallel, openWorkflowIds, startWhatWaits } from './tenant-workflows';
import { bringWorkflow } from './time-skipping';
import type { WorkflowStarter } from '../workflow-starter';

export interface AdvanceTenantDependencies {
  client: Client;
  database: Database;
  starter: Pick<WorkflowStarter, 'start'>;
  /** How long a workflow may stand still before it fails the advance; real time. */
  stallAfterMs?: number;
}

export interface AdvanceTenantInput extends AdvanceStepInput {
  signal: AbortSignal;
}

/**
 * Moves a tenant's clock for a while; asked again until it has arrived. What it has done is in MongoDB, so that it goes
 * on from there after any crash:
 *
 * 1. All workflows reach a hop, and come to rest there, before any of them begins the next: so what happens to one
 * entity comes after what was due for another the day before. Hops pass over the time in which no timer fires.
 * 2. Only then the hop is recorded and the tenant's clock follows; it is never ahead of a workflow.
 * 3. A workflow born meanwhile starts at the clock's time. Its start may have read the clock just before a hop was
 * recorded, so everything is looked through once more at the end, after the last recording.
 *
 * @throws DomainError `ENTITY_NOT_OURS` when the operation is no longer this run's (a reset took it away).
 */
export type AdvanceTenant = (input: AdvanceTenantInput) => Promise<AdvanceSlice>;

/** Long enough that a year rarely needs a second slice, short enough for an orderly shutdown. */
const SLICE_MS = 15_000;
/** Fifty looks a second in all, however many there are: prompt for one, and no burden with many. */
const LOOK_EVERY_MS = 20;
/** Longer than a hop takes: what was created later than that came from a workflow in the hop. */
const ACCEPTED_MEANWHILE_MS = 600_000;

export function createAdvanceTenant({
  client,
  database,
  starter,
  stallAfterMs,
}: AdvanceTenantDependencies): AdvanceTenant {
  return async ({ signal, ...step }) => {
    const { tenantId } = step;
    const fleet = new Map<string, PendingTimers>();
    const began = Date.now();
    const { offsets } = await findRunningAdvance({ database, ...step });
    const { targetMs } = offsets;
    let { reachedMs } = offsets;

    /** Brings everything there is, and what that gives birth to, to an instant; answers what could not get there. */
    const bringAll = async (offsetMs: number): Promise<OperationFailure | null> => {
      const brought = new Set<string>();
      // What the api accepts meanwhile is born at the clock's time and goes along with the next hop, or requests would
      // hold it up.
      const ahead = new Date(Date.now() + reachedMs + ACCEPTED_MEANWHILE_MS);
      for (let createdAfter: Date | undefined; ; createdAfter = ahead) {
        await startWhatWaits({ database, starter, tenantId });
        const workflowIds = (await openWorkflowIds({ database, tenantId, createdAfter })).filter(
          (id) => !brought.has(id),
        );
        if (workflowIds.length === 0) break;
        const failures: OperationFailure[] = [];
        const lookEveryMs = Math.min(workflowIds.length, AT_ONCE) * LOOK_EVERY_MS;
        await inParallel(workflowIds, async (workflowId) => {
          if (failures.length > 0) return;
          const timers = fleet.get(workflowId) ?? new PendingTimers(client, workflowId);
          fleet.set(workflowId, timers);
          const outside = outsideWaitOf({ client, database, tenantId, workflowId });
          const failure = await bringWorkflow({
            client,
            workflowId,
            offsetMs,
            timers,
            outside,
            signal,
            stallAfterMs,
            lookEveryMs,
          });
          if (failure) failures.push(failure);
          brought.add(workflowId);
        });
        if (failures[0]) return failures[0];
      }
      for (const workflowId of fleet.keys()) if (!brought.has(workflowId)) fleet.delete(workflowId);
      return null;
    };

    let failure = await bringAll(reachedMs);
    while (!failure && reachedMs < targetMs) {
      if (Date.now() - began > SLICE_MS) return { arrived: false, failure: null };
      signal.throwIfAborted();
      const nowMs = Date.now();
      const hopMs =
        nextHop({ nowMs: nowMs + reachedMs, targetMs: nowMs + targetMs, nextTimerMs: nextTimerOf(fleet) }) - nowMs;
      failure = await bringAll(hopMs);
      if (failure) break;
      await recordHop({ database, ...step, reachedMs: hopMs });
      reachedMs = hopMs;
    }
    failure ??= await bringAll(targetMs);
    return { arrived: !failure, failure };
  };
}

function nextTimerOf(fleet: Map<string, PendingTimers>): number | null {
  const times = [...fleet.values()].map(({ nextMs }) => nextMs).filter((ms) => ms !== null);
  return times.length === 0 ? null : Math.min(...times);
}
