import { once } from 'node:events';
import { Worker, type Job } from 'bullmq';
import type { Logger } from 'pino';
import type { OutboxJob, QueuedConsumer } from '../contracts/outbox';
import type { Database } from '../models/database';
import { consumeRow, type ActOnRow } from './relay/consume-row';
import { isOutage } from './outage';
import type { QueueMetrics } from './queue-metrics';
import { MAINTENANCE, QUEUE_PREFIX, type Queues } from './queues';
import { connectRedisWorker } from './redis';
import { settle } from './settle';

export interface CreateQueueWorkersInput {
  redisUrl: string;
  prefix?: string;
  database: Database;
  queues: Pick<Queues, 'ensureSchedule'>;
  /** The effect of each consumer. */
  consumers: Record<QueuedConsumer, ActOnRow>;
  /**
   * Periodic work, run once over all workers; the key is the schedule's id for ever. A run may be abandoned at any
   * point.
   */
  periodic: Record<string, { everyMs: number; run: (signal: AbortSignal) => Promise<unknown> }>;
  logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  metrics?: QueueMetrics;
  /** Jobs of each consumer that run at the same time in this process. */
  concurrency?: number;
}

export interface QueueWorkers {
  /**
   * Takes no more jobs, lets running ones finish, and cuts off those that still run after `graceMs`; another worker
   * repeats them.
   */
  close(input?: { graceMs?: number }): Promise<void>;
}

const SCHEDULE_CHECK_MS = 10_000;
/** Seconds for which an idle worker waits for a job in one call to Redis; a job ends the wait. */
const IDLE_CALL_SECONDS = 30;
/**
 * A job whose worker was killed is taken over within 15 s, however often that happens; the relay's repeat after 60 s is
 * for a Redis that lost the job.
 */
const takeover = { lockDuration: 10_000, stalledInterval: 5000, maxStalledCount: 1000 };
const FORCE_WITHIN_MS = 1000;

/** Runs the consumers of the outbox and the periodic work. Redis may be down: the workers start when it is back. */
export function createQueueWorkers(input: CreateQueueWorkersInput): QueueWorkers {
  const {
    redisUrl,
    prefix = QUEUE_PREFIX,
    database,
    queues,
    consumers,
    periodic,
    logger,
    metrics,
    concurrency = 5,
  } = input;
  const closing = new AbortController();
  const redis = connectRedisWorker({ url: redisUrl, name: 'queue-workers', logger });
  const options = {
    connection: redis,
    prefix,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
    drainDelay: IDLE_CALL_SECONDS,
    ...takeover,
  };

  const consume = (consumer: QueuedConsumer) =>
    new Worker<OutboxJob>(
      consumer,
      ({ data: { rowId } }) =>
        consumeRow({ database, rowId, consumer, act: consumers[consumer], signal: closing.signal, logger, metrics }),
      { ...options, concurrency },
    );
  const maintain = async ({ name }: Job): Promise<void> => {
    const finished = new AbortController();
    try {
      await Promise.race([
        periodic[name]?.run(closing.signal),
        once(closing.signal, 'abort', { signal: finished.signal }),
      ]);
    } finally {
      finished.abort();
    }
  };
  const workers: Worker[] = [
    ...(Object.keys(consumers) as QueuedConsumer[]).map(consume),
    new Worker(MAINTENANCE, maintain, { ...options, concurrency: 1 }),
  ];
  for (const worker of workers) {
    worker.on('error', (error) => {
      // The connection itself logs an outage of Redis, and only once.
      if (!isOutage(error)) logger.warn({ queue: worker.name, reason: error.message }, 'Queue worker error');
    });
    worker.on('failed', (job, error) =>
      logger.warn({ queue: worker.name, jobId: job?.id, err: error }, 'A job ended with an error; it will be repeated'),
    );
  }

  // A Redis that has lost its data has lost the schedules too.
  const schedule = () =>
    Promise.all(Object.entries(periodic).map(([id, { everyMs }]) => queues.ensureSchedule({ id, everyMs }))).catch(
      (error: Error) =>
        logger.warn({ reason: error.message }, 'The schedules of the periodic work could not be checked'),
    );
  void schedule();
  const scheduling = setInterval(() => void schedule(), SCHEDULE_CHECK_MS);

  return {
    async close({ graceMs = 10_000 } = {}) {
      clearInterval(scheduling);
      closing.abort();
      const closed = workers.map(async (worker) => {
        if (await settle(worker.close(), graceMs)) return;
        logger.warn({ queue: worker.name, graceMs }, 'A queue worker did not finish in time and is cut off');
        await settle(worker.disconnect(), FORCE_WITHIN_MS);
      });
      await Promise.all(closed);
      redis.disconnect();
    },
  };
}
