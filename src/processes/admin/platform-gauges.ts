import { setTimeout } from 'node:timers/promises';
import type { Database } from '../../models/database';
import { queueNames, type Queues } from '../../queue/queues';
import type { Metrics } from '../../telemetry/metrics';

const QUERY_WITHIN_MS = 900;

/** Open rows of the outbox are counted up to this number: a count reads an entry of the index for each. */
const ROWS_COUNTED = 10_000;

export interface AddPlatformGaugesInput {
  metrics: Metrics;
  database: Database;
  queues: Pick<Queues, 'depth'>;
  /** The greatest value of `outbox_open_rows`. Defaults to 10,000. */
  rowsCounted?: number;
}

/**
 * Adds gauges for the work waiting in the outbox, in the queues, for a sweep and on the operator's list. Their values
 * are the same in every process. The cost of those of the outbox does not follow the number of its rows, and while
 * MongoDB does not respond in time they keep their last known values, by which the lag grows: they are wanted most when
 * it is slow.
 */
export function addPlatformGauges({
  metrics,
  database,
  queues,
  rowsCounted = ROWS_COUNTED,
}: AddPlatformGaugesInput): void {
  const { outbox, stuckItems, listings } = database.models;
  const bounded = { maxTimeMS: QUERY_WITHIN_MS };
  const since = { $gte: new Date(0) };

  // Both indexes of open rows begin with the field that the query names: a query without it reads every row.
  const readOldest = lastKnown(async () => {
    const [oldest] = await outbox
      .find({ open: true, createdAt: since }, { createdAt: 1 }, bounded)
      .sort({ createdAt: 1 })
      .limit(1)
      .lean();
    return oldest?.createdAt ?? null;
  });
  const countOpen = lastKnown(() =>
    outbox.countDocuments({ open: true, dueAt: since }, { ...bounded, limit: rowsCounted }),
  );
  metrics.addGauge({
    name: 'outbox_lag_seconds',
    help: 'Age of the oldest outbox row that is not done; 0 when all are',
    async read() {
      const oldest = await readOldest();
      return [{ value: oldest ? Math.max(0, (Date.now() - oldest.getTime()) / 1000) : 0 }];
    },
  });
  metrics.addGauge({
    name: 'outbox_open_rows',
    help: `Outbox rows that are not done; ${rowsCounted} stands for any greater number too`,
    read: async () => [{ value: await countOpen() }],
  });
  metrics.addGauge({
    name: 'listing_sweep_lag_seconds',
    help: 'Time since the end of the live listing that has waited longest for a sweep; 0 when none waits',
    async read() {
      const [ended] = await listings
        .find({ state: 'live', expiresAt: { $lte: new Date() } }, { expiresAt: 1 }, bounded)
        .sort({ expiresAt: 1 })
        .limit(1)
        .lean();
      return [{ value: ended ? (Date.now() - ended.expiresAt!.getTime()) / 1000 : 0 }];
    },
  });
  metrics.addGauge({
    name: 'stuck_items_open',
    help: 'Items on the list of the operator',
    labelNames: ['kind'],
    async read() {
      const kinds = await stuckItems.aggregate<{ _id: string; items: number }>(
        [{ $match: { open: true } }, { $group: { _id: '$kind', items: { $sum: 1 } } }],
        bounded,
      );
      return kinds.map(({ _id: kind, items }) => ({ labels: { kind }, value: items }));
    },
  });
  metrics.addGauge({
    name: 'queue_depth',
    help: 'Jobs in a BullMQ queue',
    labelNames: ['queue', 'state'],
    async read() {
      const depths = await Promise.all(queueNames.map(async (queue) => ({ queue, depth: await queues.depth(queue) })));
      return depths.flatMap(({ queue, depth }) =>
        Object.entries(depth).map(([state, value]) => ({ labels: { queue, state }, value: value as number })),
      );
    },
  });
}

/**
 * Returns a function that resolves to the value read, or to the one read before when that fails or takes too long.
 * Rejects while nothing was read yet.
 */
function lastKnown<T>(read: () => Promise<T>): () => Promise<T> {
  const known: { value: T }[] = [];
  const remember = async (): Promise<void> => {
    known[0] = { value: await read() };
  };
  return async () => {
    const waiting = new AbortController();
    const { signal } = waiting;
    const reading = remember().catch(() => undefined);
    await Promise.race([
      reading,
      setTimeout(QUERY_WITHIN_MS, undefined, { signal, ref: false }).catch(() => undefined),
    ]);
    waiting.abort();
    const [last] = known;
    if (last === undefined) throw new Error('Not known yet');
    return last.value;
  };
}
