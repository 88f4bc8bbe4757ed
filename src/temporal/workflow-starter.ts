import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { workflowTaskTimeout } from '../contracts/task-queues';
import type { WorkflowSignal } from '../contracts/outbox';
import { processOf } from '../contracts/processes';
import { tenantOf } from '../domain/tenant';
import { TenantPlaces } from '../domain/tenant-places';
import { createClock, type Clock } from '../services/clock';
import type { Database } from '../models/database';
import { entityModel } from '../models/entity-model';
import { markDone } from '../services/outbox';
import type { OutboxRow } from '../models/outbox-row';
import type { Entity } from '../models/schema-options';
import type { Logger } from '../telemetry/logger';
import { tenantIdAttribute } from './search-attributes';
import { clientStartingAhead } from './time-skipping/time-skipping-api';

const MAX_IN_FLIGHT = 20;
const START_TIMEOUT_MS = 5000;

/** Sends the starts and signals in the outbox to Temporal; the only caller of `client.workflow.start`. */
export interface WorkflowStarter {
  /**
   * Sends the start of a freshly committed row in the background, at most 20 at a time, of which a tenant has its
   * share; the relay sends those above that number and those that fail. Never throws.
   */
  startSoon(row: OutboxRow): void;
  /** Sends the start or the signal of a row now and records it as done. Rejects when Temporal is down or refuses. */
  start(row: OutboxRow): Promise<void>;
  /** Resolves when nothing is in flight. */
  drain(): Promise<void>;
}

export interface WorkflowStarterDependencies {
  client: Client;
  database: Database;
  logger: Logger;
  /** Called for every workflow that one of our starts reached. */
  onStarted: (workflowType: string) => void;
}

/**
 * Returns the starter. A start is sent only while its entity waits for it: Temporal forgets closed ids after its
 * retention, the entity does not. A start sent twice reaches the same run (`USE_EXISTING`) or finds that it has run
 * (`REJECT_DUPLICATE`). The tenant is the fairness key of every start: where tasks wait, the server hands out those of
 * all tenants in turn (docs/decisions/0018).
 */
export function createWorkflowStarter({
  client,
  database,
  logger,
  onStarted,
}: WorkflowStarterDependencies): WorkflowStarter {
  const clock = createClock({ database });
  const inFlight = new Set<Promise<void>>();
  const places = new TenantPlaces(MAX_IN_FLIGHT);

  const start = async (row: OutboxRow): Promise<void> => {
    if (row.signal) {
      await sendSignal(client, row.signal);
    } else {
      if (!row.start) throw new Error(`Outbox row ${row._id} holds neither a start nor a signal`);
      const entity = await findAwaited(database, row);
      if (entity) {
        await send(client, row, await aheadMs({ clock, row, entity }));
        onStarted(row.start.workflowType);
      }
    }
    await markDone({ database, rowId: row._id, consumer: 'temporal' });
  };

  return {
    start,
    startSoon(row) {
      // Otherwise the starts of all others would wait for the relay, behind every row of the tenant that sent a burst.
      if (!places.take(row.tenantId)) return;
      const sending = start(row)
        .catch((error: unknown) => {
          const { correlationId, start: begin, signal } = row;
          logger.info(
            { correlationId, workflowId: (begin ?? signal)?.workflowId, reason: (error as Error).message },
            'Left to the relay',
          );
        })
        .finally(() => {
          inFlight.delete(sending);
          places.giveBack(row.tenantId);
        });
      inFlight.add(sending);
    },
    async drain() {
      while (inFlight.size > 0) await Promise.all(inFlight);
    },
  };
}

type Awaited = Pick<Entity, 'state' | 'updatedAt'>;

/**
 * Returns the entity while it waits for its start: accepted and unclaimed, or unclaimed since an operator's restart.
 * Otherwise null.
 */
async function findAwaited(
  { models }: Database,
  { tenantId, entityType, entityId, start }: OutboxRow,
): Promise<Awaited | null> {
  const entity = await entityModel(models, entityType)
    .findOne({ _id: entityId, tenantId, chain: null }, { state: 1, updatedAt: 1 })
    .lean();
  const isAwaited = start?.restart === true || entity?.state === processOf(entityType)?.firstState;
  return isAwaited ? entity : null;
}

/** More than the clocks of our own machines differ. */
const BORN_IN_A_HOP_MS = 60_000;

/**
 * Returns the milliseconds ahead of real time at which the workflow has to begin: its tenant's offset. A workflow that
 * another workflow started in the middle of an advance begins at that one's time; otherwise it would begin before its
 * own cause. A process that lives in real time begins in it.
 */
async function aheadMs({ clock, row, entity }: { clock: Clock; row: OutboxRow; entity: Awaited }): Promise<number> {
  if (processOf(row.entityType)?.clock === 'real' || tenantOf(row.tenantId).mode !== 'sandbox') return 0;
  const offsetMs = await clock.offsetMs(row.tenantId);
  const entityAheadMs = entity.updatedAt.getTime() - Date.now();
  return entityAheadMs > offsetMs + BORN_IN_A_HOP_MS ? entityAheadMs : offsetMs;
}

async function send(
  client: Client,
  { tenantId, correlationId, start }: OutboxRow,
  sandboxOffsetMs: number,
): Promise<void> {
  const { workflowType, workflowId, taskQueue, input, restart } = start!;
  const isAhead = sandboxOffsetMs > 0;
  const workflows = isAhead ? clientStartingAhead({ client, workflowId, byMs: sandboxOffsetMs }) : client.workflow;
  try {
    await client.withDeadline(Date.now() + START_TIMEOUT_MS, () =>
      workflows.start(workflowType, {
        workflowId,
        taskQueue,
        args: [isAhead ? { ...input, sandboxOffsetMs } : input],
        workflowIdReusePolicy: restart ? 'ALLOW_DUPLICATE' : 'REJECT_DUPLICATE',
        workflowIdConflictPolicy: restart ? 'TERMINATE_EXISTING' : 'USE_EXISTING',
        memo: { correlationId },
        workflowTaskTimeout,
        // Activities and children inherit the key.
        priority: { fairnessKey: tenantId },
        typedSearchAttributes: [{ key: tenantIdAttribute, value: tenantId }],
      }),
    );
  } catch (error) {
    // The workflow ran and has ended: the start did its work.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** Sends a signal; a workflow that has ended needs none. */
async function sendSignal(client: Client, { workflowId, name, args = [] }: WorkflowSignal): Promise<void> {
  try {
    await client.withDeadline(Date.now() + START_TIMEOUT_MS, () =>
      client.workflow.getHandle(workflowId).signal(name, ...args),
    );
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
