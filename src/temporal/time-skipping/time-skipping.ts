import { setTimeout } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { OperationFailure } from '../../contracts/operation';
import type { OutsideWait } from './outside-waits';
import { PendingTimers } from './pending-timers';
import { beginSkip, describeWorkflow, endSkip, type WorkflowSnapshot } from './time-skipping-api';

export interface AdvanceWorkflowToInput {
  client: Client;
  workflowId: string;
  /** Target: milliseconds ahead of real time. A workflow that is already further ahead stays there. */
  offsetMs: number;
  timers?: PendingTimers;
  /** While the workflow waits for this it gets real time and is signalled to check more often. */
  outside?: OutsideWait;
  signal?: AbortSignal;
  /** Milliseconds of real time without progress after which the workflow counts as stalled. */
  stallAfterMs?: number;
  /** Milliseconds between two checks while the workflow is busy. */
  checkEveryMs?: number;
}

const STALL_AFTER_MS = 30_000;
/**
 * The limit even for a busy workflow: one that is never idle, such as a loop of short timers, does not hold up the
 * clock for ever.
 */
const GIVE_UP_AFTER_MS = 240_000;
/**
 * The multiple of the stall limit for an outside wait: longer than an abandoned call to the gateway may still be in
 * flight, because such a call counts as lost only after that time.
 */
const OUTSIDE_STALLS = 3;
const NUDGE_EVERY_MS = 5000;
/**
 * The lag that counts as arrived, and the idle time that a workflow needs before a skip begins: much longer than the
 * server takes to make a skip.
 */
const LEEWAY_MS = 250;
const CHECK_EVERY_MS = 50;

/**
 * Advances one workflow to an instant and waits until everything that was due has happened. Skipping begins only while
 * no work is in flight or about to be, and not while an activity fails or the process waits for the gateway: a failure
 * gets real time to recover, never the time of its deadlines. Returns null when the workflow has arrived, has ended or
 * is unknown; otherwise the reason why it did not arrive.
 */
export async function advanceWorkflowTo(input: AdvanceWorkflowToInput): Promise<OperationFailure | null> {
  const {
    client,
    workflowId,
    offsetMs,
    signal,
    stallAfterMs = STALL_AFTER_MS,
    checkEveryMs = CHECK_EVERY_MS,
    outside,
  } = input;
  const timers = input.timers ?? new PendingTimers(client, workflowId);
  const giveUpAt = Date.now() + GIVE_UP_AFTER_MS;
  let lastMoveAt = Date.now();
  let moved = '';
  let ownEvents = 0;
  let waitsSince: number | null = null;
  let nudgedAt = 0;
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, checkEveryMs)) {
    signal?.throwIfAborted();
    const snapshot = await describeWorkflow({ client, workflowId });
    if (!snapshot?.running) return null;
    const lagMs = offsetMs - snapshot.offsetMs;
    const leewayMs = LEEWAY_MS + snapshot.blurMs;
    const arrived = lagMs <= leewayMs;
    const idle = snapshot.busyWith === null;
    const idleForMs = idle ? await idleTimeMs(timers, snapshot) : 0;
    if (arrived && !snapshot.skipping && idleForMs > Math.max(0, lagMs) + snapshot.blurMs) return null;
    // A skip is made immediately, unless a message came in between. A skip left on would be made whenever the workflow
    // becomes idle, target or not.
    if (snapshot.skipping && (await endSkip({ client, workflowId }))) ownEvents += 1;
    // An expired timer that has not fired would be skipped together with everything it leads to; a timer that fires
    // meanwhile delays the skip.
    const mayBegin = !arrived && !snapshot.failing && !snapshot.skipping && idleForMs > leewayMs;
    const move = `${snapshot.runId}/${snapshot.historyLength - ownEvents}`;
    if (mayBegin) waitsSince = (await outside?.waits()) ? (waitsSince ?? Date.now()) : null;
    const begins = mayBegin && waitsSince === null;
    if (begins) {
      if (!(await beginSkip({ client, workflowId, byMs: lagMs }))) return null;
      ownEvents += 1;
    }
    if (mayBegin && waitsSince !== null && Date.now() - nudgedAt > NUDGE_EVERY_MS) {
      nudgedAt = Date.now();
      await outside?.checkNow();
    }

    if (move !== moved) lastMoveAt = Date.now();
    moved = move;
    // Signalling the workflow to check adds events to its history, but is no progress.
    const forMs = waitsSince === null ? stallAfterMs : OUTSIDE_STALLS * stallAfterMs;
    if (Date.now() - (waitsSince ?? lastMoveAt) > forMs || Date.now() > giveUpAt) {
      await endSkip({ client, workflowId });
      const busyWith = waitsSince === null ? snapshot.busyWith : (outside?.description ?? null);
      return stallFailure(workflowId, { ...snapshot, busyWith }, forMs);
    }
    if (!begins) await setTimeout(pauseMs, undefined, { signal });
  }
}

/**
 * Returns the milliseconds in which nothing is going to happen by itself: 0 where a timer has just fired, or has
 * expired and not fired yet.
 */
async function idleTimeMs(timers: PendingTimers, snapshot: WorkflowSnapshot): Promise<number> {
  if (!(await timers.read(snapshot))) return 0;
  return timers.nextMs === null ? Infinity : timers.nextMs - Date.now() - snapshot.offsetMs;
}

function stallFailure(
  workflowId: string,
  { failing, busyWith }: WorkflowSnapshot,
  stallAfterMs: number,
): OperationFailure {
  const forSeconds = `${Math.round(stallAfterMs / 1000)} s`;
  if (failing) {
    const detail =
      `The activity ${failing.activity} of ${workflowId} failed ${failing.attempts} times in a row. ` +
      'No deadline was skipped. Advance again when its cause is resolved.';
    return { code: 'ACTIVITY_FAILING', detail, workflowId };
  }
  const detail =
    `${workflowId} made no progress for ${forSeconds}: it waits for ${busyWith ?? 'the server to skip its time'}. ` +
    'Advance again when the cause is resolved.';
  return { code: 'WORKFLOW_STALLED', detail, workflowId };
}

export interface AdvanceWorkflowInput {
  client: Client;
  workflowId: string;
  byMs: number;
  /** Milliseconds of real time without progress after which the call rejects. */
  timeoutMs: number;
}

/**
 * Moves one workflow's clock by a duration, for tests. Resolves when everything that was due has happened, or when the
 * workflow has ended.
 */
export async function advanceWorkflow({ client, workflowId, byMs, timeoutMs }: AdvanceWorkflowInput): Promise<void> {
  const snapshot = await describeWorkflow({ client, workflowId });
  const failure = await advanceWorkflowTo({
    client,
    workflowId,
    offsetMs: (snapshot?.offsetMs ?? 0) + byMs,
    stallAfterMs: timeoutMs,
  });
  if (failure) throw new Error(failure.detail);
}
