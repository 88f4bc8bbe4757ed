import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { QueuedConsumer } from '../../contracts/outbox';
import type { Database } from '../../models/database';
import { recordFailure } from '../../services/outbox';
import type { OutboxRow } from '../../models/outbox-row';
import { isOutage } from '../outage';
import type { QueueMetrics } from '../queue-metrics';

/** One consumer's effect. Records it with `markDone` and resolves to true when this call was the one that did. */
export type ActOnRow = (row: OutboxRow) => Promise<boolean>;

export interface ConsumeRowInput {
  database: Database;
  rowId: string;
  consumer: QueuedConsumer;
  act: ActOnRow;
  /** Aborted when the worker closes. */
  signal: AbortSignal;
  logger: Pick<Logger, 'warn'>;
  metrics?: QueueMetrics;
}

const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 3000;

/**
 * Handles one row for one consumer; a row that is done for it, closed or deleted is left alone.
 *
 * - A failure caused by the row is counted on the row, which the relay then sends again.
 * - While a server is down the job waits here, in its place, so that an outage causes no busy retries: the queue fills
 *   up behind it and nothing is counted. The row is read again before each attempt, since another worker may have
 *   handled it meanwhile.
 */
export async function consumeRow(input: ConsumeRowInput): Promise<'done' | 'skipped' | 'failed'> {
  const { metrics, consumer } = input;
  const startedAt = performance.now();
  const outcome = await retryDuringOutage(input);
  metrics?.jobHandled({ consumer, outcome, seconds: (performance.now() - startedAt) / 1000 });
  return outcome;
}

async function retryDuringOutage(input: ConsumeRowInput): Promise<'done' | 'skipped' | 'failed'> {
  const { database, rowId, consumer, signal, logger } = input;
  for (let outages = 0; ; outages += 1) {
    try {
      return await attempt(input);
    } catch (error) {
      if (!isOutage(error)) throw error;
      if (outages === 0)
        logger.warn({ rowId, consumer, reason: (error as Error).message }, 'A job waits: a server it needs is down');
      await setTimeout(Math.min(FIRST_WAIT_MS * 2 ** outages, MAX_WAIT_MS), undefined, { signal }).catch(
        () => undefined,
      );
      if (!signal.aborted) continue;
      await makeDueNow(database, rowId);
      throw error;
    }
  }
}

async function attempt({
  database,
  rowId,
  consumer,
  act,
  logger,
}: ConsumeRowInput): Promise<'done' | 'skipped' | 'failed'> {
  const row = await database.models.outbox.findById(rowId).lean();
  if (!row?.open || !row.pending.includes(consumer)) return 'skipped';
  try {
    return (await act(row)) ? 'done' : 'skipped';
  } catch (error) {
    if (isOutage(error)) throw error;
    logger.warn(
      { rowId, consumer, entityId: row.entityId, correlationId: row.correlationId, err: error },
      'A job failed; it will be retried',
    );
    await recordFailure({ database, rowId, error });
    return 'failed';
  }
}

/**
 * Releases the row of a worker that closes to the others now, not when its lease ends. Best effort: MongoDB itself may
 * be down.
 */
async function makeDueNow(database: Database, rowId: string): Promise<void> {
  await database.models.outbox
    .updateOne({ _id: rowId, open: true }, { $set: { dueAt: new Date(), lease: null } })
    .catch(() => undefined);
}
