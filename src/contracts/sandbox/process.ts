import { operationStates } from '../operation';
import { defineProcess, type ProcessEntity } from '../process';
import { taskQueues } from '../task-queues';
import { ADVANCE_CLOCK, advanceClockId, type AdvanceClockInput } from './sandbox-clock';

export const advanceClockProcess = defineProcess({
  entityType: 'operation',
  workflowType: ADVANCE_CLOCK,
  taskQueue: taskQueues.operations,
  workflowId: ({ _id: operationId, tenantId }) => advanceClockId({ tenantId, operationId }),
  input: ({ _id: operationId, tenantId, correlationId }: ProcessEntity): AdvanceClockInput => ({
    tenantId,
    operationId,
    correlationId,
  }),
  states: operationStates,
  endedStates: ['completed', 'failed'],
  firstState: 'running',
  // What moves the tenant's clock does not live by it.
  clock: 'real',
  // An operation records no events, and whoever started it polls its end.
  isReconciled: false,
});
