import type { Logger } from 'pino';
import { listingExpirationId } from '../../contracts/listings/expiration';
import type { OperationFailure } from '../../contracts/operation';
import { advanceClockProcess } from '../../contracts/sandbox/process';
import type { VisibleWorkflows } from '../../contracts/workflow-selection';
import type { Database } from '../../models/database';
import type { Operation } from '../../models/sandbox/operation';
import { finishSweep } from '../../services/listings/sweep/sweep-operation';
import { finishAdvance } from '../../services/sandbox/operation-progress';
import { withOpenStart } from './recorded';

export interface OperationReconcilerInput {
  database: Database;
  processes: Pick<VisibleWorkflows, 'isRunning'>;
  logger: Pick<Logger, 'warn'>;
}

const workflowIdOf = (operation: Operation): string =>
  operation.type === 'advance_clock' ? advanceClockProcess.workflowId(operation) : listingExpirationId(operation._id);

/**
 * Ends as `failed` the running operations whose workflow was ended from outside, such as by a termination in Temporal;
 * nobody else would end them, and an advance would hold its tenant's clock. Returns their number. An operation whose
 * start is still in the outbox is left alone. Two of these at the same time do no harm. Rejects, without ending
 * anything, when Temporal or MongoDB does not respond.
 */
export function createOperationReconciler({
  database,
  processes,
  logger,
}: OperationReconcilerInput): () => Promise<{ ended: number }> {
  /** The start is looked up first, then the workflow: one that has ended by itself has ended its operation before. */
  async function isAbandoned(operation: Operation): Promise<boolean> {
    if ((await withOpenStart(database, [operation])).size > 0) return false;
    return !(await processes.isRunning(workflowIdOf(operation)));
  }

  async function end(operation: Operation): Promise<void> {
    const { _id: operationId, tenantId, correlationId, type } = operation;
    const workflowId = workflowIdOf(operation);
    const failure: OperationFailure = {
      code: 'INTERNAL',
      detail: `${workflowId} was ended in Temporal from outside. What it did stays done; order the rest again.`,
      workflowId,
    };
    const step = { database, tenantId, operationId, correlationId, chain: operation.chain, failure };
    await (type === 'advance_clock' ? finishAdvance(step) : finishSweep({ ...step, at: new Date() }));
    logger.warn({ tenantId, operationId, workflowId }, 'An operation whose workflow was ended from outside has failed');
  }

  return async () => {
    const running = await database.models.operations.find({ state: 'running' }).lean();
    let ended = 0;
    for (const operation of running) {
      if (!(await isAbandoned(operation))) continue;
      await end(operation);
      ended += 1;
    }
    return { ended };
  };
}
