import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from 'pino';

export interface ConnectRedisInput {
  url: string;
  /** Shown by `CLIENT LIST`. */
  name: string;
  logger: Pick<Logger, 'warn' | 'info'>;
}

export interface ConnectRedisProducerInput extends ConnectRedisInput {
  /** Milliseconds after which a command fails. Defaults to 300. */
  commandTimeoutMs?: number;
}

const COMMAND_TIMEOUT_MS = 300;
const MAX_RECONNECT_PAUSE_MS = 1000;

const reconnecting = {
  connectTimeout: 2000,
  retryStrategy: (attempt: number) => Math.min(100 * 2 ** Math.min(attempt, 10), MAX_RECONNECT_PAUSE_MS),
} satisfies RedisOptions;

/**
 * Returns a connection for senders that cannot wait: producers, the rate limiter. A command fails within its timeout
 * when Redis is down or frozen, and no command is kept for later. Reconnects for ever.
 */
export function connectRedisProducer({
  url,
  name,
  logger,
  commandTimeoutMs = COMMAND_TIMEOUT_MS,
}: ConnectRedisProducerInput): Redis {
  return logged(
    new Redis(url, {
      ...reconnecting,
      connectionName: name,
      commandTimeout: commandTimeoutMs,
      maxRetriesPerRequest: 1,
      enableOfflineQueue: false,
    }),
    { name, logger },
  );
}

/**
 * Returns a connection for BullMQ workers, whose blocking reads may take any time: never set a command timeout here.
 */
export function connectRedisWorker({ url, name, logger }: ConnectRedisInput): Redis {
  return logged(new Redis(url, { ...reconnecting, connectionName: name, maxRetriesPerRequest: null }), {
    name,
    logger,
  });
}

/**
 * Logs an outage when it begins and when it ends, not at every attempt to reconnect; without a listener for `error` the
 * process would end.
 */
function logged(redis: Redis, { name, logger }: Omit<ConnectRedisInput, 'url'>): Redis {
  let away = false;
  redis.on('error', (error: Error & { code?: string }) => {
    if (!away) logger.warn({ connection: name, code: error.code, reason: error.message }, 'Redis is down');
    away = true;
  });
  redis.on('ready', () => {
    if (away) logger.info({ connection: name }, 'Redis is back');
    away = false;
  });
  return redis;
}
