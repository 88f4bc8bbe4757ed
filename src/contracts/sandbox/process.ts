import { operationStates } from '../operation';
import { defineProcess, type ProcessEntity } from '../process';
import { taskQueues } from '../task-queues';
import * as contract from './sandbox-clock';

export const advanceClockProcess = defineProcess({
  about: "Advances a sandbox tenant's clock together with every workflow of the tenant. Runs in real time itself.",
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
  // The workflow that advances the tenant's clock cannot follow that clock.
  clock: 'real',
  // An operation records no events, and its caller polls for its end.
  isReconciled: false,
});
