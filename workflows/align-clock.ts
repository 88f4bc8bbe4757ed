import { CancellationScope, sleep, workflowInfo } from '@temporalio/workflow';
import type { BornInSandbox } from '../src/contracts/sandbox/sandbox-clock';

/**
 * The first step of every workflow that follows its tenant's clock, before it reads the time or acts:
 *
 *   await alignClock(input);
 *
 * A workflow of a tenant whose clock was advanced starts in real time; this function waits until the workflow's clock
 * shows the tenant's time at the start. The server skips the wait. For all other workflows nothing is added to the
 * history.
 *
 * Messages may arrive earlier: set the handlers first, but check and apply commands only afterwards. A closed
 * `CommandInbox` queues commands unchecked; open the inbox afterwards. The wait cannot be cancelled; the next step
 * finds a cancel that arrived meanwhile.
 */
export async function alignClock({ sandboxOffsetMs }: BornInSandbox): Promise<void> {
  const { startTime, continuedFromExecutionRunId, parent } = workflowInfo();
  // A run that continues another one starts in that run's time, and a child in its parent's.
  if (sandboxOffsetMs === undefined || continuedFromExecutionRunId !== undefined || parent !== undefined) return;
  const alignedAtMs = startTime.getTime() + sandboxOffsetMs;
  await CancellationScope.nonCancellable(async () => {
    for (let waitMs = alignedAtMs - Date.now(); waitMs > 0; waitMs = alignedAtMs - Date.now()) await sleep(waitMs);
  });
}
