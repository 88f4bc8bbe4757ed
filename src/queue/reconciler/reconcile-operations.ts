import type { Logger } from 'pino';
import { listingExpirationId } from '../../contracts/listings/expiration';
import type { OperationFailure, OperationType } from '../../contracts/operation';
import { reportBackfillId } from '../../contracts/reports/report-schedules';
import { advanceClockProcess } from '../../contracts/sandbox/process';
import type { VisibleWorkflows } from '../../contracts/workflow-selection';
import type { Database } from '../../models/database';
import type { Operation } from '../../models/sandbox/operation';
import { createClock } from '../../services/clock';
import { finishSweep } from '../../services/listings/sweep/sweep-operation';
import { failBackfill } from '../../services/reports/schedules/backfill-operation';
import { finishAdvance } from '../../services/sandbox/operation-progress';
import { withOpenStart } from './recorded';

export interface OperationReconcilerInput {
  database: Database;
  processes: Pick<VisibleWorkflows, 'isRunning'>;
  logger: Pick<Logger, 'warn'>;
}

interface OperationKind {
  workflowIdOf: (operation: Operation) => string;
  /** Ends an operation as failed. */
  fail: (input: FailInput) => Promise<void>;
}
type FailInput = Parameters<typeof finishAdvance>[0] & { failure: OperationFailure };

const kinds: Record<OperationType, OperationKind> = {
  advance_clock: { workflowIdOf: (operation) => advanceClockProcess.workflowId(operation), fail: finishAdvance },
  expire_listings: {
    workflowIdOf: ({ _id }) => listingExpirationId(_id),
    fail: (input) => finishSweep({ ...input, at: new Date() }),
  },
  backfill_reports: {
    workflowIdOf: ({ _id }) => reportBackfillId(_id),
    fail: async (input) => failBackfill({ ...input, at: await createClock(input).now(input.tenantId) }),
  },
};

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
    // A backfill whose windows are all accepted waits for its reports, which have processes of their own.
    if (operation.backfill?.isAccepted) return false;
    if ((await withOpenStart(database, [operation])).size > 0) return false;
    return !(await processes.isRunning(kinds[operation.type].workflowIdOf(operation)));
  }

  async function end(operation: Operation): Promise<void> {
    const { _id: operationId, tenantId, type } = operation;
    const { workflowIdOf, fail } = kinds[type];
    const workflowId = workflowIdOf(operation);
    const failure: OperationFailure = {
      code: 'INTERNAL',
      detail: `${workflowId} was ended in Temporal from outside. What it did stays done; order the rest again.`,
      workflowId,
    };
    await fail({ database, tenantId, operationId, chain: operation.chain, failure });
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
