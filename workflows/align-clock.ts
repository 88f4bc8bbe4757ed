import { CancellationScope, sleep, workflowInfo } from '@temporalio/workflow';
import type { BornInSandbox } from '../src/contracts/sandbox/sandbox-clock';

/**
 * The first step of every workflow that lives in its tenant's time, before it looks at the clock or acts:
 *
 *   await alignedWithSandbox(input);
 *
 * A run of a tenant whose clock was moved is born at real time; this waits until it stands where the tenant stood at
 * its start. The server skips the wait. Elsewhere it adds nothing, not even to the history.
 *
 * Messages may come before: set the handlers first, but let them judge and act only afterwards. A closed `CommandInbox`
 * takes commands unjudged; open it after this. It cannot be cancelled; a cancel that came meanwhile is found by the
 * next step.
 */
export async function alignedWithSandbox({ sandboxOffsetMs }: BornInSandbox): Promise<void> {
  const { startTime, continuedFromExecutionRunId, parent } = workflowInfo();
  // A run that continues another, and a child, is born in the time of the one it comes from.
  if (sandboxOffsetMs === undefined || continuedFromExecutionRunId !== undefined || parent !== undefined) return;
  const alignedAtMs = startTime.getTime() + sandboxOffsetMs;
  await CancellationScope.nonCancellable(async () => {
    for (let waitMs = alignedAtMs - Date.now(); waitMs > 0; waitMs = alignedAtMs - Date.now()) await sleep(waitMs);
  });
}
