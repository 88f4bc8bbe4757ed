import type { Client } from '@temporalio/client';
import type { AdvanceSlice, AdvanceStepInput } from '../../contracts/sandbox/sandbox-clock';
import type { OperationFailure } from '../../contracts/operation';
import { nextHop } from '../../domain/sandbox/sandbox-clock';
import type { Database } from '../../models/database';
import { findRunningAdvance, recordHop } from '../../services/sandbox/operation-progress';
import { outsideWaitOf } from './outside-waits';
import { endHopAtWork, runArrivalWork, runPeriodicWork } from './do-periodic-work';
import { PendingTimers } from './pending-timers';
import { inParallel, openWorkflowIds, sendPendingStarts } from './tenant-workflows';
import { advanceWorkflowTo } from './time-skipping';
import type { WorkflowStarter } from '../workflow-starter';

export interface AdvanceTenantDependencies {
  client: Client;
  database: Database;
  starter: Pick<WorkflowStarter, 'start'>;
  /** Milliseconds of real time in which nothing of a process moves before it fails the advance. */
  stallAfterMs?: number;
  /** The clock by which `stallAfterMs` is measured. Defaults to real time. */
  stallClock?: () => number;
}

export interface AdvanceTenantInput extends AdvanceStepInput {
  signal: AbortSignal;
}

/**
 * Moves a tenant's clock for up to a slice; call again until it has arrived. Its progress is in MongoDB, so it
 * continues from there after any crash:
 *
 * 1. All workflows reach a hop, and are idle there, before any of them begins the next: events of one entity come after
 * those that were due for another the day before. A hop in which a timer fires is a day at most; hops over the time in
 * which none fires are longer. So a failure leaves no event more than a day ahead of the tenant's clock.
 * 2. Only then the hop is recorded and the tenant's clock follows; the clock is never ahead of a workflow.
 * 3. A hop ends where periodic work falls due, and the work is done there, after the workflows have arrived and the
 * clock with them: nobody sees an entity ahead of its tenant's clock. What a crash leaves undone is done first when the
 * advance continues. So the work happens in its order, and each part at its own time.
 * 4. A workflow started meanwhile begins at the clock's time. Its start may have read the clock just before a hop was
 * recorded, so all workflows are checked once more at the end, after the last recording.
 * 5. Once all has arrived, the work that waits for it is done: reports that fell due are accepted, and not waited for.
 *
 * @throws DomainError `ENTITY_NOT_OURS` when the operation no longer belongs to this run (a reset deleted it).
 */
export type AdvanceTenant = (input: AdvanceTenantInput) => Promise<AdvanceSlice>;

/** Long enough that a year rarely needs a second slice, short enough for an orderly shutdown. */
const SLICE_MS = 15_000;
/** 25 checks a second in total, however many workflows are under way: prompt for one, and no burden with many. */
const CHECK_EVERY_MS = 40;
/** Longer than a hop takes: an entity created later than that was created by a workflow in the hop. */
const ACCEPTED_MEANWHILE_MS = 600_000;

export function createAdvanceTenant({
  client,
  database,
  starter,
  stallAfterMs,
  stallClock,
}: AdvanceTenantDependencies): AdvanceTenant {
  return async ({ signal, ...step }) => {
    const { tenantId } = step;
    const fleet = new Map<string, PendingTimers>();
    const began = Date.now();
    const { offsets } = await findRunningAdvance({ database, ...step });
    const { targetMs } = offsets;
    let { reachedMs } = offsets;

    /** Advances all workflows, and those that they start, to an offset; returns the first failure, or null. */
    const advanceAll = async (offsetMs: number): Promise<OperationFailure | null> => {
      const done = new Set<string>();
      // Entities that the API accepts meanwhile begin at the clock's time and join the next hop; otherwise requests
      // would hold up this one.
      const ahead = new Date(Date.now() + reachedMs + ACCEPTED_MEANWHILE_MS);
      for (let createdAfter: Date | undefined; ; createdAfter = ahead) {
        await sendPendingStarts({ database, starter, tenantId });
        const workflowIds = (await openWorkflowIds({ database, tenantId, createdAfter })).filter((id) => !done.has(id));
        if (workflowIds.length === 0) break;
        const failures: OperationFailure[] = [];
        let underWay = 0;
        await inParallel(workflowIds, async (workflowId) => {
          if (failures.length > 0) return;
          const timers = fleet.get(workflowId) ?? new PendingTimers(client, workflowId);
          fleet.set(workflowId, timers);
          underWay += 1;
          const outside = outsideWaitOf({ client, database, tenantId, workflowId });
          const failure = await advanceWorkflowTo({
            client,
            workflowId,
            offsetMs,
            timers,
            outside,
            signal,
            stallAfterMs,
            stallClock,
            checkEveryMs: () => underWay * CHECK_EVERY_MS,
          }).finally(() => {
            underWay -= 1;
          });
          if (failure) failures.push(failure);
          done.add(workflowId);
        });
        if (failures[0]) return failures[0];
      }
      for (const workflowId of fleet.keys()) if (!done.has(workflowId)) fleet.delete(workflowId);
      return null;
    };

    /** Does the periodic work that is due where the tenant's clock is. */
    const doPeriodicWork = () => runPeriodicWork({ database, tenantId, atMs: Date.now() + reachedMs });

    let failure = await advanceAll(reachedMs);
    // The clock is there whether or not every process can go on.
    await doPeriodicWork();
    while (!failure && reachedMs < targetMs) {
      if (Date.now() - began > SLICE_MS) return { arrived: false, failure: null };
      signal.throwIfAborted();
      const nowMs = Date.now();
      const ids = await openWorkflowIds({ database, tenantId });
      // A process that began meanwhile may have a timer that nobody has read yet.
      const nextTimerMs = ids.every((id) => fleet.has(id)) ? nextTimerOf(fleet) : nowMs + reachedMs;
      const stand = { nowMs: nowMs + reachedMs, targetMs: nowMs + targetMs };
      const quietMs = nextHop({ ...stand, nextTimerMs });
      const hopMs = (await endHopAtWork({ database, tenantId, nowMs: stand.nowMs, hopMs: quietMs })) - nowMs;
      failure = await advanceAll(hopMs);
      if (failure) break;
      await recordHop({ database, ...step, reachedMs: hopMs });
      reachedMs = hopMs;
      await doPeriodicWork();
    }
    failure ??= await advanceAll(targetMs);
    if (!failure) await doPeriodicWork();
    // Also after a failure: the clock stays where it is, and what follows it must not stay behind.
    await runArrivalWork({ database, tenantId });
    return { arrived: failure === null, failure };
  };
}

function nextTimerOf(fleet: Map<string, PendingTimers>): number | null {
  const times = [...fleet.values()].map(({ nextMs }) => nextMs).filter((ms) => ms !== null);
  return times.length === 0 ? null : Math.min(...times);
}
