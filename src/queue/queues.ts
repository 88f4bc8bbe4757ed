import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { queuedConsumers, type OutboxJob, type QueuedConsumer } from '../contracts/outbox';
import { connectRedisProducer } from './redis';
import { settle } from './settle';

export const MAINTENANCE = 'maintenance';
export const queueNames = [...queuedConsumers, MAINTENANCE] as const;
export type QueueName = QueuedConsumer | typeof MAINTENANCE;

/** The tag in braces puts all keys into one slot of a Redis cluster, as BullMQ's scripts need. */
export const QUEUE_PREFIX = '{platform}';

export interface QueueDepth {
  waiting: number;
  active: number;
  delayed: number;
  failed: number;
}

/** The sending side of every queue. */
export interface Queues {
  /**
   * Puts one job per row on the consumer's queue; a row whose job is still there is left alone. Rejects when Redis is
   * down.
   */
  publish(input: { consumer: QueuedConsumer; rowIds: readonly string[] }): Promise<void>;
  /** Schedules a job every `everyMs`, once however many processes call. Harmless when it is scheduled already. */
  ensureSchedule(input: { id: string; everyMs: number }): Promise<void>;
  depth(name: QueueName): Promise<QueueDepth>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface CreateQueuesInput {
  redisUrl: string;
  prefix?: string;
  logger: Pick<Logger, 'warn' | 'info'>;
}

const READY_WITHIN_MS = 2000;
const CLOSE_WITHIN_MS = 1000;

/**
 * Opens the queues. Works while Redis is down: each queue is created when Redis first responds, and a queue whose
 * creation failed half-way is created again, because BullMQ never recovers such a queue.
 */
export function createQueues({ redisUrl, prefix = QUEUE_PREFIX, logger }: CreateQueuesInput): Queues {
  const redis = connectRedisProducer({ url: redisUrl, name: 'queues', logger });
  const opened = new Map<QueueName, Promise<Queue>>();
  const open = (name: QueueName): Promise<Queue> => {
    const known = opened.get(name);
    if (known) return known;
    const opening = openQueue({ name, prefix, redis });
    opened.set(name, opening);
    opening.catch(() => opened.delete(name));
    return opening;
  };
  return {
    async publish({ consumer, rowIds }) {
      const queue = await open(consumer);
      await queue.addBulk(
        rowIds.map((rowId) => ({
          name: consumer,
          data: { rowId } satisfies OutboxJob,
          opts: jobOptions(consumer, rowId),
        })),
      );
    },
    async ensureSchedule({ id, everyMs }) {
      const queue = await open(MAINTENANCE);
      const scheduled = await queue.getJobScheduler(id);
      if (scheduled?.every === everyMs) return;
      await queue.upsertJobScheduler(
        id,
        { every: everyMs },
        { name: id, opts: { removeOnComplete: true, removeOnFail: true } },
      );
    },
    async depth(name) {
      const {
        waiting = 0,
        active = 0,
        delayed = 0,
        failed = 0,
      } = await (await open(name)).getJobCounts('waiting', 'active', 'delayed', 'failed');
      return { waiting, active, delayed, failed };
    },
    async ping() {
      await redis.ping();
    },
    async close() {
      await Promise.all(
        [...opened.values()].map((queue) =>
          settle(
            queue.then((it) => it.close()),
            CLOSE_WITHIN_MS,
          ),
        ),
      );
      redis.disconnect();
    },
  };
}

/**
 * A job leaves Redis however it ends: its id would otherwise make BullMQ drop the row's next publication. MongoDB
 * records that the row is done, and only the relay repeats.
 */
function jobOptions(consumer: QueuedConsumer, rowId: string) {
  return { jobId: `${rowId}-${consumer}`, attempts: 1, removeOnComplete: true, removeOnFail: true };
}

async function openQueue({ name, prefix, redis }: { name: QueueName; prefix: string; redis: Redis }): Promise<Queue> {
  if (redis.status !== 'ready') throw new Error('Redis is not connected');
  const queue = new Queue(name, { connection: redis, prefix });
  // Errors reach the caller of the failed command, and the connection logs its own.
  queue.on('error', () => undefined);
  if (await settle(queue.waitUntilReady(), READY_WITHIN_MS)) return queue;
  void settle(queue.close(), CLOSE_WITHIN_MS);
  throw new Error(`Redis did not respond while the queue ${name} was opened`);
}
