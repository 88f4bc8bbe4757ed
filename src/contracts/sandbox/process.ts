import { operationStates } from '../operation';
import { defineProcess, type ProcessEntity } from '../process';
import { taskQueues } from '../task-queues';
import * as contract from './sandbox-clock';

export const advanceClockProcess = defineProcess({
  about: "Moves a sandbox tenant's clock, and every process of the tenant with it. Lives in real time itself.",
  contract,
  entityType: 'operation',
  workflowType: contract.ADVANCE_CLOCK,
  taskQueue: taskQueues.operations,
  workflowId: ({ _id: operationId, tenantId }) => contract.advanceClockId({ tenantId, operationId }),
  input: ({ _id: operationId, tenantId, correlationId }: ProcessEntity): contract.AdvanceClockInput => ({
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
