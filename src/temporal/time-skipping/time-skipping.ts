import { setTimeout } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { OperationFailure } from '../../contracts/operation';
import type { OutsideWait } from './outside-waits';
import { PendingTimers } from './pending-timers';
import { beginSkip, describeStand, endSkip, type WorkflowStand } from './time-skipping-api';

export interface BringWorkflowInput {
  client: Client;
  workflowId: string;
  /** Where to, as what it shall be ahead of real time, in ms. One that is further already stays. */
  offsetMs: number;
  timers?: PendingTimers;
  /** While it waits for this it is given real time, and looks for it more often. */
  outside?: OutsideWait;
  signal?: AbortSignal;
  /** How long nothing may happen before it counts as stalled; real time. */
  stallAfterMs?: number;
  /** How often it is looked at while it is busy. */
  lookEveryMs?: number;
}

const STALL_AFTER_MS = 30_000;
/**
 * However busy it is: one that never comes to rest, such as a loop of short timers, does not hold up the clock for
 * ever.
 */
const GIVE_UP_AFTER_MS = 240_000;
/**
 * For what comes from outside: longer than a call that was given up may be on its way, which is waited for before it is
 * called lost.
 */
const OUTSIDE_STALLS = 3;
const HASTEN_EVERY_MS = 5000;
/**
 * What a workflow may stay behind, and how long it has to rest before a skip begins: much longer than the server takes
 * to make one.
 */
const LEEWAY_MS = 250;
const LOOK_EVERY_MS = 50;

/**
 * Brings one workflow to an instant and waits until everything that was due has happened. Skipping begins only while
 * nothing is in flight or about to be, and not while an activity fails or the process waits for the gateway: what fails
 * is given real time to recover, never the time of its deadlines. Answers null when it has arrived, has ended or is
 * unknown; otherwise why it could not.
 */
export async function bringWorkflow(input: BringWorkflowInput): Promise<OperationFailure | null> {
  const {
    client,
    workflowId,
    offsetMs,
    signal,
    stallAfterMs = STALL_AFTER_MS,
    lookEveryMs = LOOK_EVERY_MS,
    outside,
  } = input;
  const timers = input.timers ?? new PendingTimers(client, workflowId);
  const giveUpAt = Date.now() + GIVE_UP_AFTER_MS;
  let lastMoveAt = Date.now();
  let moved = '';
  let ownEvents = 0;
  let waitsSince: number | null = null;
  let hastenedAt = 0;
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, lookEveryMs)) {
    signal?.throwIfAborted();
    const stand = await describeStand({ client, workflowId });
    if (!stand?.running) return null;
    const lagMs = offsetMs - stand.offsetMs;
    const leewayMs = LEEWAY_MS + stand.blurMs;
    const arrived = lagMs <= leewayMs;
    const idle = stand.busyWith === null;
    const restsForMs = idle ? await restOf(timers, stand) : 0;
    if (arrived && !stand.skipping && restsForMs > Math.max(0, lagMs) + stand.blurMs) return null;
    // A skip is made at once, unless a message came in between. Left on, it would be made whenever the workflow comes
    // to rest, target or not.
    if (stand.skipping && (await endSkip({ client, workflowId }))) ownEvents += 1;
    // A timer that is over but has not fired would be jumped over together with everything it leads to; one that fires
    // meanwhile keeps the skip waiting.
    const mayBegin = !arrived && !stand.failing && !stand.skipping && restsForMs > leewayMs;
    const move = `${stand.runId}/${stand.historyLength - ownEvents}`;
    if (mayBegin) waitsSince = (await outside?.waits()) ? (waitsSince ?? Date.now()) : null;
    const begins = mayBegin && waitsSince === null;
    if (begins) {
      if (!(await beginSkip({ client, workflowId, byMs: lagMs }))) return null;
      ownEvents += 1;
    }
    if (mayBegin && waitsSince !== null && Date.now() - hastenedAt > HASTEN_EVERY_MS) {
      hastenedAt = Date.now();
      await outside?.hasten();
    }

    if (move !== moved) lastMoveAt = Date.now();
    moved = move;
    // A look moves it, but not on.
    const forMs = waitsSince === null ? stallAfterMs : OUTSIDE_STALLS * stallAfterMs;
    if (Date.now() - (waitsSince ?? lastMoveAt) > forMs || Date.now() > giveUpAt) {
      await endSkip({ client, workflowId });
      const busyWith = waitsSince === null ? stand.busyWith : (outside?.what ?? null);
      return whyItStalled(workflowId, { ...stand, busyWith }, forMs);
    }
    if (!begins) await setTimeout(pauseMs, undefined, { signal });
  }
}

/**
 * How long nothing is going to happen by itself (ms): nothing at all where a timer has just fired, or is over and has
 * not fired yet.
 */
async function restOf(timers: PendingTimers, stand: WorkflowStand): Promise<number> {
  if (!(await timers.read(stand))) return 0;
  return timers.nextMs === null ? Infinity : timers.nextMs - Date.now() - stand.offsetMs;
}

function whyItStalled(
  workflowId: string,
  { failing, busyWith }: WorkflowStand,
  stallAfterMs: number,
): OperationFailure {
  const forSeconds = `${Math.round(stallAfterMs / 1000)} s`;
  if (failing) {
    const detail = `The activity ${failing.activity} of ${workflowId} failed ${failing.attempts} times in a row. Its deadlines were kept; advance again when what it needs is back.`;
    return { code: 'ACTIVITY_FAILING', detail, workflowId };
  }
  const detail = `${workflowId} did not move for ${forSeconds}: it waits for ${busyWith ?? 'the server to skip its time'}. Advance again when that is mended.`;
  return { code: 'WORKFLOW_STALLED', detail, workflowId };
}

export interface AdvanceWorkflowInput {
  client: Client;
  workflowId: string;
  byMs: number;
  /** How long nothing may happen before it gives up; real time. */
  timeoutMs: number;
}

/**
 * Moves one workflow's clock by a duration, for tests. Resolves when everything that was due has happened, or the
 * workflow has ended.
 */
export async function advanceWorkflow({ client, workflowId, byMs, timeoutMs }: AdvanceWorkflowInput): Promise<void> {
  const stand = await describeStand({ client, workflowId });
  const failure = await bringWorkflow({
    client,
    workflowId,
    offsetMs: (stand?.offsetMs ?? 0) + byMs,
    stallAfterMs: timeoutMs,
  });
  if (failure) throw new Error(failure.detail);
}
