import type { Request, RequestHandler, Response } from 'express';
import { DomainError } from '../../domain/domain-error';
import { AdaptiveLimit } from './adaptive-limit';
import { networkOf } from './network-of';
import { limitedAs } from './visitors';

/** A place among the requests that a process works on. */
export interface Slot {
  /** Frees the place: the request is finished, or waits for something that costs no work. May be called repeatedly. */
  release(): void;
}

export interface AdmissionInput {
  /** Maximum number of requests that one process works on at a time; fewer while many end too late. */
  maxInFlight: number;
}

export interface Admission {
  /** Admits a request before its caller is known: an address gets at most half of the places. */
  byAddress: RequestHandler;
  /** Admits a request that is worked on without a caller, such as a webhook: an address gets at most half as well. */
  anonymous: RequestHandler;
  /** Admits a request of a known caller: a tenant gets at most half of the places. */
  byTenant: RequestHandler;
  /** Returns the number of places that the process has at present. */
  places: () => number;
}

/** The places of a process, and how many of them each sharer has. */
class Places {
  readonly limit: AdaptiveLimit;
  #taken = 0;
  readonly #shares = new Map<string, number>();

  constructor(max: number) {
    this.limit = new AdaptiveLimit({ max });
  }

  get taken(): number {
    return this.#taken;
  }

  takenBy(sharer: string): number {
    return this.#shares.get(sharer) ?? 0;
  }

  change(sharer: string, by: 1 | -1): void {
    this.#taken += by;
    const share = this.takenBy(sharer) + by;
    if (share === 0) this.#shares.delete(sharer);
    else this.#shares.set(sharer, share);
  }
}

/** A caller that leaves after as many milliseconds of work has given up waiting. */
const GAVE_UP_MS = 1000;

/** The place of one request, which counts for one sharer at a time. */
class Place implements Slot {
  readonly #places: Places;
  readonly #request: Request;
  /** Null while the place is free. */
  #sharer: string | null = null;
  /** When the work began whose end is counted; null before, and afterwards. */
  #workBeganMs: number | null = null;

  constructor(places: Places, request: Request) {
    this.#places = places;
    this.#request = request;
  }

  /** `isWork` for the place in which a request is worked on: what guards refuse says nothing about how work ends. */
  take(sharer: string, { isWork }: { isWork: boolean }): void {
    this.release();
    this.#sharer = sharer;
    this.#places.change(sharer, 1);
    if (!isWork) return;
    this.#workBeganMs = performance.now();
    this.#places.limit.began();
  }

  release(): void {
    this.#free({ isLate: this.#request.deadline.isLate });
  }

  /** The connection is closed. What is still worked on then has no caller any more. */
  close(): void {
    const workedMs = performance.now() - (this.#workBeganMs ?? Infinity);
    this.#free({ isLate: this.#request.deadline.isLate || workedMs >= GAVE_UP_MS });
  }

  #free({ isLate }: { isLate: boolean }): void {
    if (this.#sharer === null) return;
    this.#places.change(this.#sharer, -1);
    this.#sharer = null;
    if (this.#workBeganMs === null) return;
    this.#workBeganMs = null;
    this.#places.limit.ended({ isLate });
  }
}

/**
 * Returns the guards that bound the work in progress. A request has a place while the process works on it, not while it
 * waits for its peer (a body that is still being sent, a response that is not read) or for a process to settle
 * (`Prefer: wait`). So nobody keeps places by being slow, and one caller leaves places for the others.
 */
export function createAdmission({ maxInFlight }: AdmissionInput): Admission {
  const places = new Places(maxInFlight);

  const placeOf = (request: Request, response: Response): Place => {
    if (request.slot instanceof Place) return request.slot;
    const place = new Place(places, request);
    request.slot = place;
    response.on('close', () => place.close());
    return place;
  };
  const admit =
    (sharerOf: (request: Request) => string, isWork: boolean): RequestHandler =>
    (request, response, next) => {
      request.slot?.release();
      // The peer is gone: nothing would free the place.
      if (response.destroyed) return;
      const sharer = sharerOf(request);
      const { value: limit, isReduced } = places.limit;
      const maxShare = Math.ceil(limit / 2);
      if (places.takenBy(sharer) >= maxShare) throw isReduced ? overloaded() : tooMany(maxShare);
      if (places.taken >= limit) throw overloaded();
      placeOf(request, response).take(sharer, { isWork });
      next();
    };
  // An IPv6 address counts with its network, as in the rate limits.
  const addressOf = ({ ip }: Request): string => `address ${networkOf(ip ?? '')}`;

  return {
    byAddress: admit(addressOf, false),
    anonymous: admit(addressOf, true),
    byTenant: admit(({ caller }) => `tenant ${limitedAs(caller)}`, true),
    places: () => places.limit.value,
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
