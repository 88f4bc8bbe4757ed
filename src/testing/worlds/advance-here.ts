import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { OperationFailure } from '../../contracts/operation';
import type { Database } from '../../models/database';
import { createSandboxClockMover } from '../../temporal/time-skipping/sandbox-clock';
import { acceptAdvance } from '../../temporal/commands/sandbox/sandbox-clock-commands';
import type { WorkflowStarter } from '../../temporal/workflow-starter';
import { PATIENT_STALL_MS } from './base-world';

export interface AdvanceHereInput {
  world: { client: Client; database: Database; starter: WorkflowStarter; tenantId: string };
  /** ISO 8601 duration. */
  by: string;
  stallAfterMs?: number;
  /** The clock by which `stallAfterMs` is measured. Defaults to real time. */
  stallClock?: () => number;
}

/** Advances a tenant's clock as the workflow does, but in the test itself. Returns the failure; null on success. */
export async function advanceHere({
  world: { client, database, starter, tenantId },
  by,
  stallAfterMs = PATIENT_STALL_MS,
  stallClock,
}: AdvanceHereInput): Promise<OperationFailure | null> {
  const mover = createSandboxClockMover({ client, database, starter, stallAfterMs, stallClock });
  const { operation } = await database.inTransaction((session) =>
    acceptAdvance({
      database,
      session,
      tenantId,
      by,
      actor: { kind: 'api_key', id: 'key_test' },
      realNow: new Date(),
      correlationId: 'test',
    }),
  );
  const step = { tenantId, operationId: operation._id, chain: randomUUID() };
  await mover.claim(step);
  for (;;) {
    const { arrived, failure } = await mover.advance({ ...step, signal: new AbortController().signal });
    if (!arrived && !failure) continue;
    await mover.finish({ ...step, failure });
    return failure;
  }
}
