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

/**
 * Compares the whole schedule, as the server has it, with what the definition makes of it: any further field, such as a
 * timeout, can keep the work from being done. Left out is only what an operator may set, the pause and its note.
 */
function isAsDefined({ action: { args }, raw }: ScheduleDescription, schedule: Schedule): boolean {
  const { spec, action, policies, state } = JSON.parse(JSON.stringify(raw.schedule)) as Written;
  const { everyMs, catchUpMs, workflowType, workflowId, taskQueue, input } = schedule;
  return isDeepStrictEqual(
    withoutEmpty({
      spec,
      // The input is compared as it was before it was written.
      action: { ...action, startWorkflow: { ...action?.startWorkflow, input: args } },
      policies,
      state: { ...state, paused: null, notes: null },
    }),
    withoutEmpty({
      spec: { interval: [{ interval: writtenDuration(everyMs) }] },
      action: {
        startWorkflow: {
          workflowId,
          workflowType: { name: workflowType },
          taskQueue: { name: taskQueue, kind: 'TASK_QUEUE_KIND_NORMAL' },
          input: [{ ...input }],
        },
      },
      policies: { overlapPolicy: 'SCHEDULE_OVERLAP_POLICY_SKIP', catchupWindow: writtenDuration(catchUpMs) },
    }),
  );
}

/** A schedule in the JSON of its protocol buffers. */
interface Written {
  spec?: object;
  action?: { startWorkflow?: object };
  policies?: object;
  state?: object;
}

const writtenDuration = (ms: number) => ({
  seconds: String(Math.floor(ms / 1000)),
  nanos: (ms % 1000) * 1_000_000,
});

/** Leaves out fields that say no more than a missing one, at any depth; protocol buffers have no other default. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, each]) => [name, withoutEmpty(each)] as const);
  return Object.fromEntries(entries.filter(([, each]) => !isEmpty(each)));
}

const isEmpty = (value: unknown): boolean =>
  !value || value === '0' || (typeof value === 'object' && Object.keys(value).length === 0);
