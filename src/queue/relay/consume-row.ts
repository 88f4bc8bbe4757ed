import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { QueuedConsumer } from '../../contracts/outbox';
import type { Database } from '../../models/database';
import { recordFailure } from '../../services/outbox';
import type { OutboxRow } from '../../models/outbox-row';
import { isOutage } from '../outage';
import type { QueueMetrics } from '../queue-metrics';

/** One consumer's effect. Records it with `markDone` and answers whether this call was the one that did. */
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
const LONGEST_WAIT_MS = 3000;

/**
 * Deals with one row for one consumer; a row that is done for it, closed or gone is left alone.
 *
 * - A failure of the row's own is counted on the row, which the relay then sends again.
 * - While a server is away the job waits here, in its place, so that an outage turns no wheels: the queue fills up
 *   behind it and nothing is counted. The row is read anew before each attempt, since somebody else may have dealt with
 *   it meanwhile.
 */
export async function consumeRow(input: ConsumeRowInput): Promise<'done' | 'skipped' | 'failed'> {
  const { metrics, consumer } = input;
  const startedAt = performance.now();
  const outcome = await untilServersAnswer(input);
  metrics?.jobHandled({ consumer, outcome, seconds: (performance.now() - startedAt) / 1000 });
  return outcome;
}

async function untilServersAnswer(input: ConsumeRowInput): Promise<'done' | 'skipped' | 'failed'> {
  const { database, rowId, consumer, signal, logger } = input;
  for (let outages = 0; ; outages += 1) {
    try {
      return await attempt(input);
    } catch (error) {
      if (!isOutage(error)) throw error;
      if (outages === 0)
        logger.warn({ rowId, consumer, reason: (error as Error).message }, 'A job waits: a server it needs is away');
      await setTimeout(Math.min(FIRST_WAIT_MS * 2 ** outages, LONGEST_WAIT_MS), undefined, { signal }).catch(
        () => undefined,
      );
      if (!signal.aborted) continue;
      await dueAtOnce(database, rowId);
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
      'A job failed; it is tried again',
    );
    await recordFailure({ database, rowId, error });
    return 'failed';
  }
}

/**
 * A worker that closes leaves the row to the others now, not when its lease ends. Best effort: MongoDB may be what is
 * away.
 */
async function dueAtOnce(database: Database, rowId: string): Promise<void> {
  await database.models.outbox
    .updateOne({ _id: rowId, open: true }, { $set: { dueAt: new Date(), lease: null } })
    .catch(() => undefined);
}
