import { defineQuery } from '@temporalio/workflow';
import type { OperationFailure, OperationState } from '../operation';

export const ADVANCE_CLOCK = 'advanceClock';

/** Returns the only form of the workflow's id. */
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
  /** The first run id of the calling chain; activities do not touch an operation that another chain owns. */
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
 * Part of the input of every workflow that follows its tenant's clock. The starter sets it only when the tenant's clock
 * has been advanced: the run then starts in real time and must skip this much time before it does anything.
 */
export interface BornInSandbox {
  sandboxOffsetMs?: number;
}
