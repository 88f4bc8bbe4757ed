import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { queuedConsumers, type Consumer } from '../../contracts/outbox';
import type { Database } from '../../models/database';
import type { DueRow } from '../../models/due-rows';
import { QUEUE_PREFIX } from '../queues';
import { connectRedisWorker } from '../redis';

/** The consumers whose rows somebody waits for; rows of the others wait for the next poll of a relay. */
const announced: readonly Consumer[] = ['temporal', ...queuedConsumers];

/** Rows are announced at most once in this many milliseconds. */
const SPACING_MS = 100;
const LISTEN_SECONDS = 60;
const RETRY_MS = 1000;
const CLOSE_WITHIN_MS = 500;

/** A sorted set: consumers, each with the instant at which its earliest announced row is due. */
const keyOf = (prefix: string): string => `${prefix}:outbox-due`;

export interface AnnounceRowsInput {
  database: Pick<Database, 'onDueRows'>;
  /** A connection whose commands fail promptly while Redis is down. */
  redis: Pick<Redis, 'zadd'>;
  prefix?: string;
}

/**
 * Announces the rows that this process commits to the relays of other processes, in one call to Redis however many
 * rows. An announcement may be lost: a relay then finds the row at its next poll.
 */
export function announceRows({ database, redis, prefix = QUEUE_PREFIX }: AnnounceRowsInput): void {
  const dueAt = new Map<Consumer, number>();
  let isPaused = false;
  const announce = (): void => {
    isPaused = dueAt.size > 0;
    if (!isPaused) return;
    const members = [...dueAt].flatMap(([consumer, at]) => [at, consumer]);
    dueAt.clear();
    // An earlier instant that no relay has taken yet stays.
    redis.zadd(keyOf(prefix), 'LT', ...members).catch(() => undefined);
    setTimeout(announce, SPACING_MS).unref();
  };
  database.onDueRows((rows) => {
    for (const { pending, dueAt: due } of rows)
      for (const consumer of pending)
        if (announced.includes(consumer)) dueAt.set(consumer, Math.min(due.getTime(), dueAt.get(consumer) ?? Infinity));
    if (!isPaused) announce();
  });
}

export interface HearAnnouncementsInput {
  redisUrl: string;
  prefix?: string;
  /** Called with announced rows. Of several listening processes one is called. */
  wake: (rows: readonly DueRow[]) => void;
  logger: Pick<Logger, 'warn' | 'info'>;
}

/** Listens for announced rows, also while Redis is down, until `close`. */
export function hearAnnouncements({ redisUrl, prefix = QUEUE_PREFIX, wake, logger }: HearAnnouncementsInput): {
  close: () => Promise<void>;
} {
  const redis = connectRedisWorker({ url: redisUrl, name: 'outbox-announcements', logger });
  const closing = new AbortController();
  const listen = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      const found = await redis.bzpopmin(keyOf(prefix), LISTEN_SECONDS).catch(() => 'failed' as const);
      if (found === 'failed') await sleep(RETRY_MS, undefined, { signal: closing.signal }).catch(() => undefined);
      else if (found) wake([{ pending: [found[1] as Consumer], dueAt: new Date(Number(found[2])) }]);
    }
  };
  const listening = listen();
  return {
    async close() {
      closing.abort();
      redis.disconnect();
      // While Redis is down the call under way never ends.
      await Promise.race([listening, sleep(CLOSE_WITHIN_MS, undefined, { ref: false })]);
    },
  };
}
