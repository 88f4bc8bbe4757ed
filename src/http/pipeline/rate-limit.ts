import { createHash } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit, type Store } from 'express-rate-limit';
import type { Redis } from 'ioredis';
import { RedisStore, type RedisReply } from 'rate-limit-redis';
import { DomainError } from '../../domain/domain-error';

const WINDOW_MS = 60_000;
/** How long nobody asks again after Redis did not answer. */
const PAUSE_MS = 1000;

export interface RateLimiters {
  /** Every authenticated request, by tenant. */
  perTenant: RequestHandler;
  /** The public pages, by address. */
  perAddress: RequestHandler;
  /** Failed authentication, by address. */
  failedAuthentication: RequestHandler;
}

export interface RateLimitInput {
  /** Counts live in Redis, shared by every process; with none, nothing is limited. */
  redis: Redis | null;
  /** Beginning of every key, in braces. */
  redisPrefix: string;
  requestsPerMinute: number;
  publicRequestsPerMinute?: number;
  failedAttemptsPerMinute?: number;
  /** What a request may wait for Redis. Default 100 ms. */
  redisTimeoutMs?: number;
}

const noLimit: RequestHandler = (_request, _response, next) => next();

/**
 * The limits per minute, told in `RateLimit-*` headers (IETF draft 6). While Redis is away they fail open: availability
 * comes first.
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
    // A store that is away is a state, not an event: readiness and metrics tell of it, not a line per request.
    logger: { warn: () => undefined, error: () => undefined },
    handler: (request, _response, next) => {
      const resetTime =
        (request as Request & { rateLimit?: { resetTime?: Date } }).rateLimit?.resetTime?.getTime() ??
        Date.now() + WINDOW_MS;
      const retryAfterSeconds = Math.max(1, Math.ceil((resetTime - Date.now()) / 1000));
      next(
        new DomainError(
          'RATE_LIMITED',
          `More than ${limit} requests in a minute. Try again in ${retryAfterSeconds} s.`,
          { retryAfterSeconds },
        ),
      );
    },
  });
}

/**
 * Sends commands to Redis, but waits so long at most, and after a failure does not even ask for a second, so that not
 * every request pays for a Redis that is away or frozen.
 */
function withTimeout(redis: Redis, redisTimeoutMs: number): SendCommand {
  let awayUntilMs = 0;
  const ask = async (command: string, args: string[]): Promise<RedisReply> => {
    if (performance.now() < awayUntilMs) throw new Error('Redis was away a moment ago');
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_resolve, reject) => {
      // An answer that lies unread because this process was busy is not late: it is read before `setImmediate` runs.
      timer = setTimeout(
        () => setImmediate(() => reject(new Error(`Redis did not answer within ${redisTimeoutMs} ms`))),
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
    // The store keeps the promise of a script's hash for good, so a Redis that is away when it loads must not reject
    // it: the hash is known without asking, and a script that is missing is loaded when it is first called. No request
    // waits for it, and that a process which still starts up reads its answer late says nothing of Redis: so it is sent
    // without impatience.
    const loads = command === 'SCRIPT' && args[0] === 'LOAD';
    if (!loads) return ask(command, args);
    return (redis.call(command, ...args) as Promise<RedisReply>).catch(() =>
      createHash('sha1')
        .update(args[1] ?? '')
        .digest('hex'),
    );
  };
}

/** Whether Redis itself answered with an error (NOSCRIPT and the like): then it is there. */
const isReplyError = (error: unknown): boolean => error instanceof Error && error.name === 'ReplyError';
