import type { ListedWorkflow } from '../../contracts/workflow-selection';
import type { Process } from '../../contracts/process';
import { processes as descriptors } from '../../contracts/processes';
import type { StuckKind } from '../../models/operator/stuck-item';

const suspectKinds = [
  'workflow_missing',
  'workflow_orphaned',
  'state_mismatch',
] as const satisfies readonly StuckKind[];
export type SuspectKind = (typeof suspectKinds)[number];

/** Returns true when an item on the operator's list is of a kind found here. */
export function isSuspectKind(kind: StuckKind): kind is SuspectKind {
  return (suspectKinds as readonly StuckKind[]).includes(kind);
}

/** A fault seen once, in reads that were not made at one moment. Only a second check decides. */
export interface Suspect {
  reconciled: Process;
  kind: SuspectKind;
  entityId: string;
  workflowId: string;
}

export const reconciledProcesses = descriptors.filter(({ isReconciled }) => isReconciled);
export const reconciledTypes = reconciledProcesses.map(({ workflowType }) => workflowType);

/** Returns the ids of the workflows by process; a workflow of no entity of ours is left out. */
export function groupByProcess(workflows: readonly ListedWorkflow[]): Map<Process, string[]> {
  const groups = new Map<Process, string[]>();
  for (const { workflowId } of workflows) {
    const process = reconciledProcesses.find(({ entityIdOf }) => entityIdOf(workflowId) !== null);
    if (process) groups.set(process, [...(groups.get(process) ?? []), workflowId]);
  }
  return groups;
}

export function* chunksOf<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
