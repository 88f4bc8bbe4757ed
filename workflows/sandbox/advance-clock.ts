import {
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../../activities';
import { advanceTenantOptions, sandboxClockActivityOptions } from '../../config/temporal';
import { ENTITY_NOT_OURS } from '../../src/contracts/commands';
import type { OperationFailure, OperationState } from '../../src/contracts/operation';
import { getState, type AdvanceClockInput } from '../../src/contracts/sandbox/sandbox-clock';

const { beginAdvance, finishAdvance } = proxyActivities<Activities>(sandboxClockActivityOptions);
const { advanceTenant } = proxyActivities<Activities>(advanceTenantOptions);

/**
 * Moves a sandbox tenant's clock to the operation's target, and everything that lives by it.
 * It lives in real time itself. `failed` is a normal ending: the operation says why, and the clock stands where it came
 * to.
 */
export async function advanceClock({ tenantId, operationId }: AdvanceClockInput): Promise<OperationState> {
  const step = { tenantId, operationId, chain: workflowInfo().firstExecutionRunId };
  let state: OperationState = 'running';
  setHandler(getState, () => ({ state }));

  const move = async (): Promise<OperationFailure | null> => {
    const inTheWay = await beginAdvance(step);
    if (inTheWay) return inTheWay;
    for (;;) {
      const { arrived, failure } = await advanceTenant(step);
      if (arrived || failure) return failure;
    }
  };

  let failure: OperationFailure | null;
  try {
    failure = await move();
  } catch (error) {
    if (isNotOurs(error)) throw error;
    failure = isCancellation(error)
      ? {
          code: 'CANCELLED',
          detail: 'The advance was cancelled in Temporal. The clock stands where it came to.',
          workflowId: null,
        }
      : {
          code: 'INTERNAL',
          detail: 'The advance met an error nobody foresaw. The clock stands where it came to; advance again.',
          workflowId: null,
        };
  }
  await CancellationScope.nonCancellable(() => finishAdvance({ ...step, failure }));
  state = failure ? 'failed' : 'completed';
  return state;
}

/** A reset took the operation away: nothing of it is left to finish. */
function isNotOurs(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure && cause.type === ENTITY_NOT_OURS) return true;
  }
  return false;
}
