import type { Client } from '@temporalio/client';
import { advanceClockProcess } from '../../../contracts/sandbox/process';
import { DomainError } from '../../../domain/domain-error';
import type { Database } from '../../../models/database';
import { deleteDocuments, deleteTenantData } from '../../../services/sandbox/delete-tenant-data';
import { rewindClock, type RequireHeld } from '../../../services/sandbox/while-resetting';
import { createRunningWorkflows } from '../../running-workflows';
import { requireSandbox } from './sandbox-clock-commands';
import { tenantIdAttribute } from '../../search-attributes';
import { inParallel, openWorkflowIds } from '../../time-skipping/tenant-workflows';

export interface ResetSandboxInput {
  client: Client;
  database: Database;
  tenantId: string;
  /** The idempotency record of the reset request: the only one that is kept. */
  keepIdempotencyId?: string;
  /** From the `whileResetting` that encloses the call. */
  requireHeld: RequireHeld;
  /** Removes the bytes of a file. */
  removeFile: (fileId: string) => Promise<void>;
}

const CALL_TIMEOUT_MS = 10_000;

/**
 * Gives a sandbox tenant an empty sandbox in real time: ends its workflows, deletes its data and sets its clock to real
 * time. Partner and API keys stay. A running advance is ended first, so an advance that stalls never locks a sandbox.
 * Safe to repeat after any interruption; Temporal has to be reachable.
 *
 * @throws DomainError `FORBIDDEN` for a live tenant, `OUTCOME_PENDING` when continuing writes kept the sandbox from
 *   becoming empty, and the errors of `requireHeld`.
 */
export async function resetSandbox({
  client,
  database,
  tenantId,
  keepIdempotencyId,
  requireHeld,
  removeFile,
}: ResetSandboxInput): Promise<void> {
  requireSandbox(tenantId);
  const { operations, outbox } = database.models;
  const advances = await operations.find({ tenantId, state: 'running' }, { _id: 1 }).lean();
  const workflowIds = [
    ...advances.map(({ _id }) => advanceClockProcess.workflowId({ _id, tenantId })),
    ...(await openWorkflowIds({ database, tenantId })),
    ...(await runningWorkflowIds({ client, tenantId })),
  ];
  // Operations and outbox first: without its operation an advance can no longer move the clock, without its row nothing
  // starts.
  for (const model of [operations, outbox])
    await deleteDocuments({ database, model: model as never, tenantId, requireHeld });
  const workflows = createRunningWorkflows(client);
  await inParallel([...new Set(workflowIds)], (workflowId) =>
    workflows.terminate({ workflowId, reason: 'The sandbox was reset' }),
  );
  const isEmpty = await deleteTenantData({ database, tenantId, keepIdempotencyId, requireHeld, removeFile });
  if (!isEmpty) {
    throw new DomainError(
      'OUTCOME_PENDING',
      'Data was still being written to the sandbox during the reset. Repeat the reset with the same Idempotency-Key.',
      { retryAfterSeconds: 5 },
    );
  }
  await rewindClock({ database, tenantId });
}

/**
 * Returns the running workflows in Temporal's visibility, which may lag by seconds. It finds those that no open entity
 * names, such as the workflow of an entity that has ended.
 */
async function runningWorkflowIds({ client, tenantId }: { client: Client; tenantId: string }): Promise<string[]> {
  const query = `${tenantIdAttribute.name} = '${tenantId}' AND ExecutionStatus = 'Running'`;
  const ids: string[] = [];
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await client.withDeadline(Date.now() + CALL_TIMEOUT_MS, () =>
      client.workflowService.listWorkflowExecutions({
        namespace: client.options.namespace,
        query,
        pageSize: 500,
        nextPageToken,
      }),
    );
    ids.push(...(page.executions ?? []).map(({ execution }) => execution?.workflowId ?? ''));
    nextPageToken = page.nextPageToken;
  } while (nextPageToken?.length);
  return ids;
}
