import { isDeepStrictEqual } from 'node:util';
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleDescription,
} from '@temporalio/client';
import type { Schedule } from '../contracts/schedule';

export interface EnsureSchedulesInput {
  client: Client;
  schedules: readonly Schedule[];
  /** Milliseconds for each schedule. */
  timeoutMs: number;
}

/**
 * Makes the schedules that are missing, and sets right those that were altered. A schedule that an operator has paused
 * stays paused. Safe to call from any number of processes. Returns the ids of those that were made or set right.
 */
export async function ensureSchedules({ client, schedules, timeoutMs }: EnsureSchedulesInput): Promise<string[]> {
  const changed: string[] = [];
  for (const schedule of schedules) {
    const isChanged = await client.withDeadline(Date.now() + timeoutMs, () => ensure(client, schedule));
    if (isChanged) changed.push(schedule.id);
  }
  return changed;
}

async function ensure({ schedule: client }: Client, schedule: Schedule): Promise<boolean> {
  const handle = client.getHandle(schedule.id);
  try {
    if (isAsDefined(await handle.describe(), schedule)) return false;
    await handle.update(({ state: { paused, note } }) => ({ ...definitionOf(schedule), state: { paused, note } }));
    return true;
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    return make(client, schedule);
  }
}

async function make(client: Client['schedule'], schedule: Schedule): Promise<boolean> {
  try {
    await client.create({ scheduleId: schedule.id, ...definitionOf(schedule), state: { note: schedule.about } });
    return true;
  } catch (error) {
    // Another process was faster.
    if (error instanceof ScheduleAlreadyRunning) return false;
    throw error;
  }
}

function definitionOf({ everyMs, catchUpMs, workflowType, workflowId, taskQueue, input }: Schedule) {
  return {
    spec: { intervals: [{ every: everyMs }] },
    action: { type: 'startWorkflow' as const, workflowType, workflowId, taskQueue, args: [{ ...input }] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: catchUpMs, pauseOnFailure: false },
  };
}

/** Compares all that decides when something is started, and what. */
function isAsDefined({ spec, action, policies, raw }: ScheduleDescription, schedule: Schedule): boolean {
  const wanted = definitionOf(schedule);
  const { workflowType, workflowId, taskQueue, args } = action;
  const { overlap, catchupWindow, pauseOnFailure } = policies;
  const others = [spec.calendars, spec.skip, spec.startAt, spec.endAt, spec.jitter];
  return (
    others.every((other) => other === undefined || other === 0 || (Array.isArray(other) && other.length === 0)) &&
    raw.schedule?.state?.limitedActions !== true &&
    isDeepStrictEqual(
      {
        intervals: spec.intervals?.map(({ every, offset }) => ({ every, offset: offset || 0 })),
        action: { type: 'startWorkflow', workflowType, workflowId, taskQueue, args },
        policies: { overlap, catchupWindow, pauseOnFailure },
      },
      {
        intervals: wanted.spec.intervals.map(({ every }) => ({ every, offset: 0 })),
        action: wanted.action,
        policies: wanted.policies,
      },
    )
  );
}
