import type { Request, RequestHandler, Response } from 'express';
import type { Redis } from 'ioredis';
import { DomainError } from '../../../domain/domain-error';
import { ExpiringCache } from '../expiring-cache';
import { networkOf } from '../network-of';
import { isVisitor, limitedAs } from '../visitors';
import { Account } from './account';
import { SharedCount, type Patience } from './shared-count';

const WINDOW_MS = 60_000;
/** Callers that a process remembers; the lease of a forgotten caller lapses. */
const MAX_ACCOUNTS = 10_000;

export interface RateLimiters {
  /** Limits authenticated requests, by tenant; its visitors count apart. */
  perTenant: RequestHandler;
  /** Limits requests for the public pages, by address. */
  perAddress: RequestHandler;
  /** Limits requests with a key that may stand in a web page, by address within the tenant. */
  perVisitor: RequestHandler;
  /** Limits failed authentication, by address. */
  failedAuthentication: RequestHandler;
}

export interface RateLimitInput extends Patience {
  /** Holds the counts, shared by every process; null switches all limits off. */
  redis: Redis | null;
  /** Prefix of every key, in braces. */
  redisPrefix: string;
  requestsPerMinute: number;
  publicRequestsPerMinute?: number;
  failedAttemptsPerMinute?: number;
  searchRequestsPerMinute?: number;
}

const noLimit: RequestHandler = (_request, _response, next) => next();

/**
 * Returns the limiters per minute, which report their state in `RateLimit-*` headers (IETF draft 6). They fail open
 * while Redis is away: availability comes first.
 */
export function createRateLimiters({
  redis,
  redisPrefix,
  requestsPerMinute,
  publicRequestsPerMinute = 60,
  failedAttemptsPerMinute = 60,
  searchRequestsPerMinute = 120,
  ...patience
}: RateLimitInput): RateLimiters {
  if (!redis) return { perTenant: noLimit, perAddress: noLimit, perVisitor: noLimit, failedAuthentication: noLimit };
  const count = new SharedCount(redis, patience);
  const byAddress = (request: Request): string => networkOf(request.ip ?? '');
  const limiterOf = (name: string, limit: number, keyOf: (request: Request) => string): RequestHandler =>
    limiter({ count, keyPrefix: `${redisPrefix}:rate:${name}:`, limit, keyOf });
  return {
    perTenant: limiterOf('tenant', requestsPerMinute, ({ caller }) => limitedAs(caller)),
    perAddress: limiterOf('address', publicRequestsPerMinute, byAddress),
    perVisitor: forVisitors(
      limiterOf('visitor', searchRequestsPerMinute, (request) => `${request.caller?.tenantId}:${byAddress(request)}`),
    ),
    failedAuthentication: limiterOf('failed', failedAttemptsPerMinute, byAddress),
  };
}

/** Leaves out every other key: it belongs on a server, where many visitors share one address. */
const forVisitors =
  (limit: RequestHandler): RequestHandler =>
  (request, response, next) =>
    isVisitor(request.caller) ? limit(request, response, next) : next();

interface LimiterInput {
  count: SharedCount;
  keyPrefix: string;
  limit: number;
  keyOf: (request: Request) => string;
}

function limiter({ count, keyPrefix, limit, keyOf }: LimiterInput): RequestHandler {
  const accounts = new ExpiringCache<Account>({ ttlMs: WINDOW_MS, maxEntries: MAX_ACCOUNTS });
  const policy = `${limit};w=${WINDOW_MS / 1000}`;

  const accountOf = (name: string): Account => {
    const known = accounts.get(name);
    if (known) return known;
    const account = new Account({ count, key: keyPrefix + name, limit, windowMs: WINDOW_MS });
    accounts.set(name, account);
    return account;
  };

  return (request, response, next) => {
    const account = accountOf(keyOf(request));
    account.take((passes) => {
      report(response, { account, limit, policy });
      if (passes) next();
      else next(rateLimited(limit, account.endsInMs));
    });
  };
}

/**
 * Sets no headers while nothing is known of the shared count: made-up figures would be worse. Nor on a response that
 * was sent meanwhile, because the deadline has passed.
 */
function report(response: Response, { account, limit, policy }: { account: Account; limit: number; policy: string }) {
  const { remaining } = account;
  if (remaining === null || response.headersSent) return;
  response.setHeader('RateLimit-Policy', policy);
  response.setHeader('RateLimit-Limit', limit);
  response.setHeader('RateLimit-Remaining', remaining);
  response.setHeader('RateLimit-Reset', Math.ceil(account.endsInMs / 1000));
}

function rateLimited(limit: number, endsInMs: number): DomainError {
  const retryAfterSeconds = Math.max(1, Math.ceil(endsInMs / 1000));
  return new DomainError(
    'RATE_LIMITED',
    `The limit of ${limit} requests a minute is used up. Try again in ${retryAfterSeconds} seconds.`,
    { retryAfterSeconds },
  );
}
