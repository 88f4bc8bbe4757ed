import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Database } from '../models/database';
import { entityModel } from '../models/entity-model';
import { markDone } from '../models/outbox';
import type { OutboxRow } from '../models/outbox-row';
import type { Logger } from '../telemetry/logger';
import { tenantIdAttribute } from './search-attributes';

const MAX_IN_FLIGHT = 20;
/** What an entity is until its process owns it; a refund is `pending` from the start. */
const UNSTARTED: readonly string[] = ['accepted', 'pending'];
const START_TIMEOUT_MS = 5000;

/** Sends workflow starts; the sole caller of `client.workflow.start`. */
export interface WorkflowStarter {
  /**
   * Sends the start of a freshly committed row in the background, at most 20 at a time; one too many, or one that fails, is left to
   * the relay. Never throws.
   */
  startSoon(row: OutboxRow): void;
  /** Sends the start of a row now and records it as done. Rejects when Temporal is away or refuses. */
  start(row: OutboxRow): Promise<void>;
  /** Resolves when nothing is in flight. */
  drain(): Promise<void>;
}

export interface WorkflowStarterDependencies {
  client: Client;
  database: Database;
  logger: Logger;
  /** Told of every workflow that a start of ours reached. */
  onStarted: (workflowType: string) => void;
}

/**
 * A start is sent only while its entity waits for it: Temporal forgets closed ids after its retention, the entity does not.
 * Sent twice, it reaches the same run (`USE_EXISTING`) or finds that it has been (`REJECT_DUPLICATE`).
 */
export function createWorkflowStarter({ client, database, logger, onStarted }: WorkflowStarterDependencies): WorkflowStarter {
  const inFlight = new Set<Promise<void>>();

  const start = async (row: OutboxRow): Promise<void> => {
    if (!row.start) throw new Error(`Outbox row ${row._id} holds no start`);
    if (await isAwaited(database, row)) {
      await send(client, row);
      onStarted(row.start.workflowType);
    }
    await markDone({ database, rowId: row._id, consumer: 'temporal' });
  };

  return {
    start,
    startSoon(row) {
      if (inFlight.size >= MAX_IN_FLIGHT) return;
      const sending = start(row)
        .catch((error: unknown) => {
          const { correlationId, start: begin } = row;
          logger.info({ correlationId, workflowId: begin?.workflowId, reason: (error as Error).message }, 'Start left to the relay');
        })
        .finally(() => inFlight.delete(sending));
      inFlight.add(sending);
    },
    async drain() {
      while (inFlight.size > 0) await Promise.all(inFlight);
    },
  };
}

/** Whether the entity still waits to be started: accepted and unclaimed, or unclaimed since an operator's restart. */
async function isAwaited({ models }: Database, { tenantId, entityType, entityId, start }: OutboxRow): Promise<boolean> {
  const entity = await entityModel(models, entityType).findOne({ _id: entityId, tenantId, chain: null }, { state: 1 }).lean();
  return entity !== null && (start?.restart === true || UNSTARTED.includes(entity.state));
}

async function send(client: Client, { tenantId, correlationId, start }: OutboxRow): Promise<void> {
  const { workflowType, workflowId, taskQueue, input, restart } = start!;
  try {
    await client.withDeadline(Date.now() + START_TIMEOUT_MS, () =>
      client.workflow.start(workflowType, {
        workflowId,
        taskQueue,
        args: [input],
        workflowIdReusePolicy: restart ? 'ALLOW_DUPLICATE' : 'REJECT_DUPLICATE',
        workflowIdConflictPolicy: restart ? 'TERMINATE_EXISTING' : 'USE_EXISTING',
        memo: { correlationId },
        typedSearchAttributes: [{ key: tenantIdAttribute, value: tenantId }],
      }),
    );
  } catch (error) {
    // It ran and has ended: the start did its work.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
