import type { Database } from '../../models/database';
import { queueNames, type Queues } from '../../queue/queues';
import type { Metrics } from '../../telemetry/metrics';

const QUERY_WITHIN_MS = 900;

/**
 * Adds gauges for the work waiting in the outbox, in the queues and on the operator's list. Their values are the same
 * in every process.
 */
export function addPlatformGauges({
  metrics,
  database,
  queues,
}: {
  metrics: Metrics;
  database: Database;
  queues: Pick<Queues, 'depth'>;
}): void {
  const { outbox, stuckItems } = database.models;
  const bounded = { maxTimeMS: QUERY_WITHIN_MS };

  metrics.addGauge({
    name: 'outbox_lag_seconds',
    help: 'Age of the oldest outbox row that is not done; 0 when all are',
    async read() {
      const [oldest] = await outbox.aggregate<{ at: Date }>(
        [{ $match: { open: true } }, { $group: { _id: null, at: { $min: '$createdAt' } } }],
        bounded,
      );
      return [{ value: oldest ? Math.max(0, (Date.now() - oldest.at.getTime()) / 1000) : 0 }];
    },
  });
  metrics.addGauge({
    name: 'outbox_open_rows',
    help: 'Outbox rows that are not done',
    read: async () => [{ value: await outbox.countDocuments({ open: true }, bounded) }],
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
