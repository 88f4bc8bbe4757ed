import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from 'pino';

export interface ConnectRedisInput {
  url: string;
  /** Shown by `CLIENT LIST`. */
  name: string;
  logger: Pick<Logger, 'warn' | 'info'>;
}

const COMMAND_TIMEOUT_MS = 300;
const LONGEST_RECONNECT_MS = 1000;

const reconnecting = {
  connectTimeout: 2000,
  retryStrategy: (attempt: number) => Math.min(100 * 2 ** Math.min(attempt, 10), LONGEST_RECONNECT_MS),
} satisfies RedisOptions;

/**
 * A connection for those who send and cannot wait: producers, the rate limiter. A command fails within 300 ms when
 * Redis is away or frozen, and nothing is kept for later. Goes on reconnecting for ever.
 */
export function connectRedisProducer({ url, name, logger }: ConnectRedisInput): Redis {
  return logged(
    new Redis(url, {
      ...reconnecting,
      connectionName: name,
      commandTimeout: COMMAND_TIMEOUT_MS,
      maxRetriesPerRequest: 1,
      enableOfflineQueue: false,
    }),
    { name, logger },
  );
}

/** A connection for BullMQ workers, whose blocking reads last as long as they last: never a command timeout here. */
export function connectRedisWorker({ url, name, logger }: ConnectRedisInput): Redis {
  return logged(new Redis(url, { ...reconnecting, connectionName: name, maxRetriesPerRequest: null }), {
    name,
    logger,
  });
}

/**
 * An outage is logged when it begins and when it ends, not at every attempt to reconnect; an unheard `error` would end
 * the process.
 */
function logged(redis: Redis, { name, logger }: Omit<ConnectRedisInput, 'url'>): Redis {
  let away = false;
  redis.on('error', (error: Error & { code?: string }) => {
    if (!away) logger.warn({ connection: name, code: error.code, reason: error.message }, 'Redis is away');
    away = true;
  });
  redis.on('ready', () => {
    if (away) logger.info({ connection: name }, 'Redis is back');
    away = false;
  });
  return redis;
}
