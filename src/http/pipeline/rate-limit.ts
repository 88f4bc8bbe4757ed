import { createHash } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit, type Store } from 'express-rate-limit';
import type { Redis } from 'ioredis';
import { RedisStore, type RedisReply } from 'rate-limit-redis';
import { DomainError } from '../../domain/domain-error';

const WINDOW_MS = 60_000;
/** Milliseconds without any call to Redis after Redis did not respond. */
const PAUSE_MS = 1000;

export interface RateLimiters {
  /** Limits authenticated requests, by tenant. */
  perTenant: RequestHandler;
  /** Limits requests for the public pages, by address. */
  perAddress: RequestHandler;
  /** Limits failed authentication, by address. */
  failedAuthentication: RequestHandler;
}

export interface RateLimitInput {
  /** Holds the counts, shared by every process; null switches all limits off. */
  redis: Redis | null;
  /** Prefix of every key, in braces. */
  redisPrefix: string;
  requestsPerMinute: number;
  publicRequestsPerMinute?: number;
  failedAttemptsPerMinute?: number;
  /** Milliseconds that a request waits for Redis. Defaults to 100. */
  redisTimeoutMs?: number;
}

const noLimit: RequestHandler = (_request, _response, next) => next();

/**
 * Returns the limiters per minute, which report their state in `RateLimit-*` headers (IETF draft 6). They fail open
 * while Redis is unavailable: availability comes first.
 */
export function createRateLimiters({
  redis,
  redisPrefix,
  requestsPerMinute,
  publicRequestsPerMinute = 60,
  failedAttemptsPerMinute = 60,
  redisTimeoutMs = 100,
}: RateLimitInput): RateLimiters {
  if (!redis) return { perTenant: noLimit, perAddress: noLimit, failedAuthentication: noLimit };
  const send = withTimeout(redis, redisTimeoutMs);
  const storeOf = (name: string): Store =>
    new RedisStore({ prefix: `${redisPrefix}:rate:${name}:`, sendCommand: send });
  const byAddress = (request: Request): string => ipKeyGenerator(request.ip ?? '');
  return {
    perTenant: limiter({
      store: storeOf('tenant'),
      limit: requestsPerMinute,
      keyOf: (request) => request.caller?.tenantId ?? 'operator',
    }),
    perAddress: limiter({ store: storeOf('address'), limit: publicRequestsPerMinute, keyOf: byAddress }),
    failedAuthentication: limiter({ store: storeOf('failed'), limit: failedAttemptsPerMinute, keyOf: byAddress }),
  };
}

type SendCommand = (...command: string[]) => Promise<RedisReply>;

function limiter({
  store,
  limit,
  keyOf,
}: {
  store: Store;
  limit: number;
  keyOf: (request: Request) => string;
}): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit,
    store,
    keyGenerator: keyOf,
    standardHeaders: 'draft-6',
    legacyHeaders: false,
    passOnStoreError: true,
    validate: false,
    // Readiness and metrics report an unavailable store; a log line per request would say nothing more.
    logger: { warn: () => undefined, error: () => undefined },
    handler: (request, _response, next) => {
      const resetTime =
        (request as Request & { rateLimit?: { resetTime?: Date } }).rateLimit?.resetTime?.getTime() ??
        Date.now() + WINDOW_MS;
      const retryAfterSeconds = Math.max(1, Math.ceil((resetTime - Date.now()) / 1000));
      next(
        new DomainError(
          'RATE_LIMITED',
          `More than ${limit} requests in a minute. Try again in ${retryAfterSeconds} seconds.`,
          { retryAfterSeconds },
        ),
      );
    },
  });
}

/**
 * Returns a sender of Redis commands that rejects after `redisTimeoutMs`, and after a failure rejects for a second
 * without calling, so that not every request pays for a Redis that is unavailable or frozen.
 */
function withTimeout(redis: Redis, redisTimeoutMs: number): SendCommand {
  let awayUntilMs = 0;
  const call = async (command: string, args: string[]): Promise<RedisReply> => {
    if (performance.now() < awayUntilMs) throw new Error('Redis was unavailable a moment ago');
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_resolve, reject) => {
      // A reply that is unread because this process was busy is not late: it is read before `setImmediate` runs.
      timer = setTimeout(
        () => setImmediate(() => reject(new Error(`Redis did not respond within ${redisTimeoutMs} ms`))),
        redisTimeoutMs,
      );
    });
    try {
      return await Promise.race([redis.call(command, ...args) as Promise<RedisReply>, tooLate]);
    } catch (error) {
      if (!isReplyError(error)) awayUntilMs = performance.now() + PAUSE_MS;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
  return async (command = '', ...args) => {
    // The store keeps the promise of a script's hash for good, so a Redis that is unavailable during the load must not
    // reject it: the hash can be computed here, and a missing script is loaded when it is first called. The load has no
    // timeout: no request waits for it, and a starting process that reads the reply late proves nothing about Redis.
    const loads = command === 'SCRIPT' && args[0] === 'LOAD';
    if (!loads) return call(command, args);
    return (redis.call(command, ...args) as Promise<RedisReply>).catch(() =>
      createHash('sha1')
        .update(args[1] ?? '')
        .digest('hex'),
    );
  };
}

/** Returns true for an error that Redis itself replied (NOSCRIPT and the like), which proves that Redis is up. */
const isReplyError = (error: unknown): boolean => error instanceof Error && error.name === 'ReplyError';
