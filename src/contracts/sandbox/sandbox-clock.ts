import { defineQuery } from '@temporalio/workflow';
import type { OperationFailure, OperationState } from '../operation';

export const ADVANCE_CLOCK = 'advanceClock';

/** The sole form of the workflow's id. */
export function advanceClockId({ tenantId, operationId }: OperationRef): string {
  return `${ADVANCE_CLOCK}/${tenantId}/${operationId}`;
}

export interface OperationRef {
  tenantId: string;
  operationId: string;
}

export interface AdvanceClockInput extends OperationRef {
  correlationId: string;
}

/** The input of every activity of an advance. */
export interface AdvanceStepInput extends OperationRef {
  /** First run id of the calling chain: activities leave an operation alone that another chain owns. */
  chain: string;
}

/** The progress of one slice of an advance. A failure is a result: the operation ends with it. */
export interface AdvanceSlice {
  arrived: boolean;
  failure: OperationFailure | null;
}

export interface FinishAdvanceInput extends AdvanceStepInput {
  failure: OperationFailure | null;
}

export const getState = defineQuery<{ state: OperationState }>('getState');

/**
 * Part of the input of every workflow that lives in its tenant's time. Set by the starter, and only where the tenant's
 * clock has been moved: the run is then born at real time and has to skip this much before it does anything.
 */
export interface BornInSandbox {
  sandboxOffsetMs?: number;
}
