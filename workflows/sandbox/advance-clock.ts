import { CancellationScope, isCancellation, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../../activities';
import { advanceTenantOptions, sandboxClockActivityOptions } from '../../config/temporal';
import { ENTITY_NOT_OURS } from '../../src/contracts/commands';
import type { OperationFailure, OperationState } from '../../src/contracts/operation';
import { getState, type AdvanceClockInput } from '../../src/contracts/sandbox/sandbox-clock';
import { failureType } from '../process-run';

const { beginAdvance, finishAdvance } = proxyActivities<Activities>(sandboxClockActivityOptions);
const { advanceTenant } = proxyActivities<Activities>(advanceTenantOptions);

/**
 * Advances a sandbox tenant's clock to the operation's target, together with every workflow that follows the clock.
 * Runs in real time itself. `failed` is a normal ending: the operation has the reason, and the clock stays at the last
 * hop that every workflow reached.
 */
export async function advanceClock({ tenantId, operationId }: AdvanceClockInput): Promise<OperationState> {
  const step = { tenantId, operationId, chain: workflowInfo().firstExecutionRunId };
  let state: OperationState = 'running';
  setHandler(getState, () => ({ state }));

  const move = async (): Promise<OperationFailure | null> => {
    const blocker = await beginAdvance(step);
    if (blocker) return blocker;
    for (;;) {
      const { arrived, failure } = await advanceTenant(step);
      if (arrived || failure) return failure;
    }
  };

  let failure: OperationFailure | null;
  try {
    failure = await move();
  } catch (error) {
    // A reset has deleted the operation, so nothing is left to finish.
    if (failureType(error) === ENTITY_NOT_OURS) throw error;
    failure = isCancellation(error)
      ? {
          code: 'CANCELLED',
          detail: 'The advance was cancelled in Temporal. The clock keeps the time that it reached.',
          workflowId: null,
        }
      : {
          code: 'INTERNAL',
          detail: 'An unexpected error ended the advance. The clock keeps the time that it reached; advance it again.',
          workflowId: null,
        };
  }
  await CancellationScope.nonCancellable(() => finishAdvance({ ...step, failure }));
  state = failure ? 'failed' : 'completed';
  return state;
}
