import { setTimeout } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { OperationFailure } from '../../contracts/operation';
import type { OutsideWait } from './outside-waits';
import { PendingTimers } from './pending-timers';
import { describeChildren, movementOf } from './process-children';
import { neverIdleFailure, stallFailure } from './stall-failure';
import { NO_MOVEMENT, StallWatch } from './stall-watch';
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
  /** Milliseconds of real time in which nothing of the process moves after which it counts as stalled. */
  stallAfterMs?: number;
  /** Returns the milliseconds between two checks while the workflow is busy. */
  checkEveryMs?: () => number;
  /** The clock by which `stallAfterMs` is measured. Defaults to real time. */
  stallClock?: () => number;
}

/** Longer than one attempt of a step takes (30 s): a step whose worker was killed begins again before that. */
export const STALL_AFTER_MS = 45_000;
/**
 * The limit for a process that moves and is never idle, such as a loop of short timers: it does not hold up the clock
 * for ever. Several full histories: commands that follow each other without a pause record one.
 */
const MAX_EVENTS_WHILE_BUSY = 20_000;
/**
 * The multiple of the stall limit for an outside wait: longer than an abandoned call to the gateway may still be in
 * flight, because such a call counts as lost only after that time.
 */
const OUTSIDE_STALLS = 2;
/** Stands for every state of a process that waits for something outside: its checks are no progress. */
const WAITS_OUTSIDE = { progress: 'waits for something outside', putOff: 0 };
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
 * is unknown; otherwise the reason why it did not arrive: neither the workflow nor any of its children moved for the
 * limit (ten times as long while it waits for its turn among its tenant's steps), or it never became idle.
 */
export async function advanceWorkflowTo(input: AdvanceWorkflowToInput): Promise<OperationFailure | null> {
  const {
    client,
    workflowId,
    offsetMs,
    signal,
    stallAfterMs = STALL_AFTER_MS,
    checkEveryMs = () => CHECK_EVERY_MS,
    stallClock = Date.now,
    outside,
  } = input;
  const timers = input.timers ?? new PendingTimers(client, workflowId);
  const stall = new StallWatch(stallClock);
  const busy = new EventsWhileBusy();
  let ownEvents = 0;
  let isOutside = false;
  let nudgedAt = 0;
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, checkEveryMs())) {
    signal?.throwIfAborted();
    const checkedAt = stallClock();
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
    const own = movementOf([{ ...snapshot, historyLength: snapshot.historyLength - ownEvents }]);
    if (mayBegin) isOutside = (await outside?.waits()) ?? false;
    const begins = mayBegin && !isOutside;
    if (begins) {
      if (!(await beginSkip({ client, workflowId, byMs: lagMs }))) return null;
      ownEvents += 1;
    }
    if (mayBegin && isOutside && Date.now() - nudgedAt > NUDGE_EVERY_MS) {
      nudgedAt = Date.now();
      await outside?.checkNow();
    }

    // Signalling the workflow to check adds events to its history, and runs its children, but is no progress.
    const limitMs = isOutside ? OUTSIDE_STALLS * stallAfterMs : stallAfterMs;
    const isStalled = await stall.isStalled({
      own: isOutside ? WAITS_OUTSIDE : own,
      children: async () => (isOutside ? NO_MOVEMENT : movementOf(await describeChildren({ client, of: snapshot }))),
      checkedAt,
      limitMs,
    });
    if (isStalled && isOutside && !(await outside?.waits())) {
      // It has happened meanwhile, and the workflow is still at work on it.
      isOutside = false;
      continue;
    }
    const events = busy.count(snapshot, idleForMs > leewayMs);
    if (isStalled || events > MAX_EVENTS_WHILE_BUSY) {
      await endSkip({ client, workflowId });
      if (!isStalled) return neverIdleFailure({ workflowId, events });
      const process = [snapshot, ...(await describeChildren({ client, of: snapshot }))];
      return stallFailure({ workflowId, process, waitsFor: isOutside ? outside!.description : null, limitMs });
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

/** Counts the events that a workflow records, over all its runs, since it was last idle. */
class EventsWhileBusy {
  private runId = '';
  private seen = 0;
  private total = 0;

  count({ runId, historyLength }: WorkflowSnapshot, isIdle: boolean): number {
    const before = runId === this.runId ? this.seen : this.runId === '' ? historyLength : 0;
    this.runId = runId;
    this.seen = historyLength;
    this.total = isIdle ? 0 : this.total + historyLength - before;
    return this.total;
  }
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
