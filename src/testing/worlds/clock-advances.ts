import { PATIENT_STALL_MS } from './base-world';
import type { Actor } from '../../domain/actor';
import type { Database } from '../../models/database';
import { acceptAdvance } from '../../temporal/commands/sandbox/sandbox-clock-commands';
import type { WorkflowStarter } from '../../temporal/workflow-starter';
import { waitFor } from '../wait-for';

const tester: Actor = { kind: 'api_key', id: 'key_test' };

/** Creates the functions that advance tenants' clocks, for worlds whose worker carries the advances out. */
export const createClockAdvances = ({
  database,
  starter,
}: {
  database: Database;
  starter: Pick<WorkflowStarter, 'start'>;
}) => {
  const operation = (operationId: string) => database.models.operations.findById(operationId).lean().orFail();
  return {
    /** Accepts an advance as the api does and sends the start. Returns the operation's id. */
    async advance(tenantId: string, by: string, { start = true }: { start?: boolean } = {}): Promise<string> {
      const accepted = await database.inTransaction((session) =>
        acceptAdvance({ database, session, tenantId, by, actor: tester, realNow: new Date(), correlationId: 'test' }),
      );
      if (start) await starter.start(accepted.row);
      return accepted.operation._id;
    },
    operation,
    ended: (operationId: string, timeoutMs = PATIENT_STALL_MS) =>
      waitFor(
        async () => {
          const found = await operation(operationId);
          return found.state === 'running' ? null : found;
        },
        { what: `${operationId} to end`, timeoutMs, everyMs: 50 },
      ),
  };
};
