import { hash as digest, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { DomainError } from '../../domain/domain-error';
import type { Mode } from '../../domain/tenant';
import type { Database } from '../../models/database';
import type { Operation } from './contract';
import { ExpiringCache } from './expiring-cache';
import { RequestProblem } from '../problem';
import type { Caller } from './request-context';

const KEY_FORM = /^pk_(?:live|sandbox)_[A-Za-z0-9_-]{43}$/;
const BEARER = /^Bearer +([\x21-\x7e]{1,200}) *$/i;

/** Revocation must hold everywhere within 5 s, so no process caches a valid key for longer than this. */
const KNOWN_KEY_MS = 3000;
const UNKNOWN_KEY_MS = 1000;

/** Returns a new key of 256 random bits, so that a plain hash of it is safe to store. */
export const newApiKey = (mode: Mode): string => `pk_${mode}_${randomBytes(32).toString('base64url')}`;

/** Returns the stored form of a key: its SHA-256 in hex. */
export const hashOfKey = (key: string): string => digest('sha256', key);

/** The platform's own operator: one scope, no tenant. */
const platformOperator: Caller = { keyId: null, partnerId: null, tenantId: null, mode: null, scopes: ['operator'] };

export interface AuthenticateInput {
  database: Database;
  operatorKey: string;
  /** Counts a failed attempt of the caller's address; passes `RATE_LIMITED` to next after too many attempts. */
  countFailure: RequestHandler;
}

/**
 * Identifies the caller by `Authorization: Bearer …` (RFC 6750). A key is looked up by its hash, at most every 3 s per
 * process; the operator's key is compared in constant time.
 */
export function authenticate({ database, operatorKey, countFailure }: AuthenticateInput): RequestHandler {
  const operatorHash = Buffer.from(hashOfKey(operatorKey));
  const known = new ExpiringCache<Caller>({ ttlMs: KNOWN_KEY_MS, maxEntries: 10_000 });
  // Separate from the known keys, so that guesses cannot evict real keys.
  const unknown = new ExpiringCache<true>({ ttlMs: UNKNOWN_KEY_MS, maxEntries: 1000 });

  /** Returns the caller as far as this process knows; undefined for a key that has to be looked up. */
  const recall = (key: string, hash: string): Caller | null | undefined => {
    if (timingSafeEqual(Buffer.from(hash), operatorHash)) return platformOperator;
    if (!KEY_FORM.test(key) || unknown.get(hash)) return null;
    return known.get(hash);
  };
  const lookUp = async (hash: string): Promise<Caller | null> => {
    const found = await database.models.apiKeys.findOne({ hash, revokedAt: null }).lean();
    if (!found) {
      unknown.set(hash, true);
      return null;
    }
    const { _id: keyId, partnerId, tenantId, mode, scopes } = found;
    const caller: Caller = { keyId, partnerId, tenantId, mode, scopes };
    known.set(hash, caller);
    return caller;
  };

  const conclude = (caller: Caller | null, ...[request, response, next]: Parameters<RequestHandler>): unknown => {
    if (caller) {
      request.caller = caller;
      return next();
    }
    const refusal = unauthenticated(request);
    return countFailure(request, response, (tooMany?: unknown) => next(tooMany ?? refusal));
  };

  return (request, response, next) => {
    const [, key] = BEARER.exec(request.headers.authorization ?? '') ?? [];
    if (key === undefined) return conclude(null, request, response, next);
    const hash = hashOfKey(key);
    const caller = recall(key, hash);
    if (caller !== undefined) return conclude(caller, request, response, next);
    return lookUp(hash).then((found) => conclude(found, request, response, next));
  };
}

function unauthenticated(request: Request): RequestProblem {
  const given = request.headers.authorization !== undefined;
  return new RequestProblem(
    'UNAUTHENTICATED',
    given
      ? 'The API key is unknown or revoked. Send a valid key as "Authorization: Bearer pk_…".'
      : 'Send your API key as "Authorization: Bearer pk_live_…" or "pk_sandbox_…".',
    {
      headers: {
        'WWW-Authenticate': given
          ? 'Bearer realm="partner-platform", error="invalid_token"'
          : 'Bearer realm="partner-platform"',
      },
    },
  );
}

/** Rejects a caller who has none of the operation's scopes, or a partner's key where only the platform's may call. */
export function authorise({ scopes, platformOnly }: Operation): RequestHandler {
  const needed = scopes ?? [];
  return (request, _response, next) => {
    const caller = request.caller as Caller;
    if (platformOnly && caller.tenantId !== null) {
      next(
        new DomainError(
          'FORBIDDEN',
          "This needs the platform operator's key; a partner's key is rejected, whatever its scopes. " +
            'GET /me shows which key you use.',
        ),
      );
    } else if (!needed.some((scope) => caller.scopes.includes(scope))) {
      const has = caller.scopes.join(', ');
      next(new DomainError('FORBIDDEN', `This needs a key with the scope ${needed.join(' or ')}; yours has ${has}.`));
    } else {
      next();
    }
  };
}
