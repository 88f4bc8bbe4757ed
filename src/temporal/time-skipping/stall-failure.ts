import type { OperationFailure } from '../../contracts/operation';
import type { WorkflowSnapshot } from './time-skipping-api';

export interface StallFailureInput {
  workflowId: string;
  /** The workflow and its running children, theirs included. */
  process: readonly WorkflowSnapshot[];
  /** Text for people that completes "it waits for …"; null when the workflows themselves show it. */
  waitsFor: string | null;
  /** Milliseconds without progress. */
  limitMs: number;
}

/** Returns the failure of an advance that a process without progress ends, with the step that holds it up. */
export function stallFailure({ workflowId, process, waitsFor, limitMs }: StallFailureInput): OperationFailure {
  const failing = process.map((workflow) => workflow.failing).find((step) => step !== null);
  if (failing) {
    const detail =
      `The activity ${failing.activity} of ${workflowId} failed ${failing.attempts} times in a row. ` +
      'No deadline was skipped. Advance again when its cause is resolved.';
    return { code: 'ACTIVITY_FAILING', detail, workflowId };
  }
  const cause = waitsFor ?? deepestWork(process) ?? 'the server to skip its time';
  const detail =
    `${workflowId} made no progress for ${Math.round(limitMs / 1000)} s: it waits for ${cause}. ` +
    'Advance again when the cause is resolved.';
  return { code: 'WORKFLOW_STALLED', detail, workflowId };
}

/** Returns the failure of an advance that a process ends which keeps working without being idle once. */
export function neverIdleFailure({ workflowId, events }: { workflowId: string; events: number }): OperationFailure {
  const detail =
    `${workflowId} recorded ${events} events and was not idle once, so its time cannot be skipped. ` +
    'Advance again when it has come to rest.';
  return { code: 'WORKFLOW_STALLED', detail, workflowId };
}

function deepestWork(process: readonly WorkflowSnapshot[]): string | null {
  return process.map(({ busyWith }) => busyWith).findLast((work) => work !== null) ?? null;
}
