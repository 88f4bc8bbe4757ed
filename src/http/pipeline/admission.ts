import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';
import { DomainError } from '../../domain/domain-error';

/** A place among the requests that a process works on. */
export interface Slot {
  /** Frees the place: the request is finished, or waits for something that costs no work. May be called repeatedly. */
  release(): void;
}

export interface AdmissionInput {
  /** Maximum number of requests that one process works on at a time; more would only wait for each other. */
  maxInFlight: number;
}

export interface Admission {
  /** Admits a request before its caller is known: an address gets at most half of the places. */
  byAddress: RequestHandler;
  /** Admits a request of a known caller: a tenant gets at most half of the places. */
  byTenant: RequestHandler;
}

/**
 * Returns the guards that bound the work in progress. A request has a place while the process works on it, not while it
 * waits for its peer (a body that is still being sent, a response that is not read) or for a process to settle
 * (`Prefer: wait`). So nobody keeps places by being slow, and one caller leaves places for the others.
 */
export function createAdmission({ maxInFlight }: AdmissionInput): Admission {
  let inFlight = 0;
  const shares = new Map<string, number>();

  const take = (sharer: string): Slot => {
    let isTaken = true;
    inFlight += 1;
    shares.set(sharer, (shares.get(sharer) ?? 0) + 1);
    return {
      release() {
        if (!isTaken) return;
        isTaken = false;
        inFlight -= 1;
        const left = (shares.get(sharer) ?? 1) - 1;
        if (left === 0) shares.delete(sharer);
        else shares.set(sharer, left);
      },
    };
  };

  const maxShare = Math.ceil(maxInFlight / 2);
  const admit =
    (sharerOf: (request: Request) => string): RequestHandler =>
    (request, response, next) => {
      request.slot?.release();
      // The peer is gone: nothing would free the place.
      if (response.destroyed) return;
      const sharer = sharerOf(request);
      if ((shares.get(sharer) ?? 0) >= maxShare) throw tooMany(maxShare);
      if (inFlight >= maxInFlight) throw overloaded();
      const slot = take(sharer);
      request.slot = slot;
      response.once('close', () => slot.release());
      next();
    };

  return {
    // An IPv6 address counts with its network, as in the rate limits.
    byAddress: admit(({ ip }) => `address ${ipKeyGenerator(ip ?? '')}`),
    byTenant: admit(({ caller }) => `tenant ${caller?.tenantId ?? caller?.keyId}`),
  };
}

const tooMany = (maxShare: number): DomainError =>
  new DomainError(
    'RATE_LIMITED',
    `${maxShare} of your requests are in progress already. Wait for some of them before you send more.`,
    { retryAfterSeconds: 1 },
  );

const overloaded = (): DomainError =>
  new DomainError('OVERLOADED', 'Too many requests are in progress. Try again in a moment.');
