import type { Logger } from 'pino';
import { inlineConsumers, type InlineConsumer } from '../../contracts/outbox';
import type { Database } from '../../models/database';
import type { OutboxRow } from '../../models/outbox-row';
import { recordFailure } from '../../services/outbox';
import { isOutage } from '../outage';
import type { QueueMetrics } from '../queue-metrics';
import { releaseRows, type OutboxLease } from './outbox-leases';

/**
 * The effect of rows on our own database, in the order of the rows, which are marked as done. Rows may be applied
 * again, by another relay at the same time too, and each must have its effect once. A rejection leaves at least the row
 * that failed undone.
 */
export type ApplyRows = (rows: readonly OutboxRow[]) => Promise<void>;

export interface ApplyInlineInput {
  database: Database;
  lease: OutboxLease;
  /** The effect of each consumer. */
  consumers: Record<InlineConsumer, ApplyRows>;
  logger: Pick<Logger, 'warn'>;
  metrics?: QueueMetrics;
}

/**
 * Applies leased rows for each inline consumer that they wait for. Where a batch fails its rows are applied one by one,
 * so that a row that cannot be applied stops no other; its failure is counted on the row. Returns the error that shows
 * the database to be down, or null.
 */
export async function applyInline(input: ApplyInlineInput): Promise<Error | null> {
  const { database, lease } = input;
  // Ids carry their time: what happened first is applied first.
  const inOrder = lease.rows.toSorted((a, b) => (a._id < b._id ? -1 : 1));
  for (const consumer of inlineConsumers) {
    const rows = inOrder.filter(({ pending }) => pending.includes(consumer));
    if (rows.length === 0) continue;
    const away = await applyBatch(input, consumer, rows);
    if (!away) continue;
    // The database may be back before the lease ends.
    const rowIds = inOrder.map(({ _id }) => _id);
    await releaseRows({ database, token: lease.token, rowIds, afterMs: 0 }).catch(() => undefined);
    return away;
  }
  const others = inOrder.filter(({ pending }) => pending.some((consumer) => !isInline(consumer)));
  await releaseRows({ database, token: lease.token, rowIds: others.map(({ _id }) => _id), afterMs: 0 });
  return null;
}

const isInline = (consumer: string): boolean => (inlineConsumers as readonly string[]).includes(consumer);

async function applyBatch(
  input: ApplyInlineInput,
  consumer: InlineConsumer,
  rows: readonly OutboxRow[],
): Promise<Error | null> {
  const { consumers, metrics } = input;
  try {
    await consumers[consumer](rows);
    metrics?.outboxSent({ consumer, outcome: 'sent', rows: rows.length });
    return null;
  } catch (error) {
    if (isOutage(error)) {
      metrics?.outboxSent({ consumer, outcome: 'away', rows: rows.length });
      return error as Error;
    }
    const [row, ...more] = rows;
    if (row && more.length === 0) return countFailure(input, consumer, row, error);
    for (const one of rows) {
      const away = await applyBatch(input, consumer, [one]);
      if (away) return away;
    }
    return null;
  }
}

async function countFailure(
  { database, logger, metrics }: ApplyInlineInput,
  consumer: InlineConsumer,
  { _id: rowId, entityId, correlationId }: OutboxRow,
  error: unknown,
): Promise<null> {
  metrics?.outboxSent({ consumer, outcome: 'failed', rows: 1 });
  logger.warn({ rowId, consumer, entityId, correlationId, err: error }, 'An event could not be applied; it is retried');
  await recordFailure({ database, rowId, error });
  return null;
}
