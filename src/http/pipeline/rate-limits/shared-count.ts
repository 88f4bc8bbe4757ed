import type { Redis } from 'ioredis';

/** Milliseconds between two calls while Redis is away. */
const PROBE_EVERY_MS = 1000;

/**
 * Counts what was used without a grant, whatever the limit, if its window is still open; then grants as much of
 * `wanted` as the limit leaves. The first call of a window begins it, and its time becomes the window's name.
 */
const TAKE = `
local wanted, limit, endsInMs = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local window = redis.call('HGET', KEYS[1], 'window')
if window then
  endsInMs = redis.call('PTTL', KEYS[1])
else
  window = table.concat(redis.call('TIME'), '.')
  redis.call('HSET', KEYS[1], 'window', window, 'used', 0)
  redis.call('PEXPIRE', KEYS[1], endsInMs)
end
local paid = window == ARGV[5] and tonumber(ARGV[4]) or 0
local used = redis.call('HINCRBY', KEYS[1], 'used', paid)
local granted = math.max(0, math.min(wanted, limit - used))
if granted > 0 then used = redis.call('HINCRBY', KEYS[1], 'used', granted) end
return { paid, granted, math.max(0, limit - used), endsInMs, window }
`;

/** How long requests wait for Redis. */
export interface Patience {
  /** Milliseconds without a reply after which a few requests pass on debt. Defaults to 100. */
  redisLateAfterMs?: number;
  /** Milliseconds without a reply after which Redis counts as away. Defaults to 500. */
  redisAwayAfterMs?: number;
}

export interface TakeInput {
  key: string;
  /** Requests that are to be granted, as far as the limit allows. */
  wanted: number;
  limit: number;
  /** Milliseconds that a window lasts that begins with this call. */
  windowMs: number;
  /** Requests that passed without a grant; they are counted even beyond the limit, but only in their window. */
  owed: number;
  /** The window of the owed requests, as a grant named it; null where none are owed. */
  owedIn: string | null;
  /** Called when the reply is late, and again when Redis counts as away because of it. */
  onSilence: () => void;
}

export interface Grant {
  /** Owed requests that were counted: all, or none where their window is over. */
  paid: number;
  granted: number;
  /** Requests that are left in the window for every process. */
  left: number;
  /** Milliseconds until the window ends, counted from the call, so never later than it ends in Redis. */
  endsInMs: number;
  /** The window's name. */
  window: string;
}

/**
 * The counts that all processes share in Redis. Redis is away from a call that fails, or has no reply for too
 * long, until the next reply.
 */
export class SharedCount {
  readonly #redis: Redis;
  readonly #lateAfterMs: number;
  readonly #awayAfterMs: number;
  #isAway = false;
  #nextProbeAtMs = 0;

  constructor(redis: Redis, { redisLateAfterMs = 100, redisAwayAfterMs = 500 }: Patience) {
    this.#redis = redis;
    this.#lateAfterMs = redisLateAfterMs;
    this.#awayAfterMs = redisAwayAfterMs;
  }

  get isAway(): boolean {
    return this.#isAway;
  }

  /** Returns true if a call may be made now: while Redis is away, once a second. */
  mayCall(): boolean {
    if (!this.#isAway) return true;
    const nowMs = performance.now();
    if (nowMs < this.#nextProbeAtMs) return false;
    this.#nextProbeAtMs = nowMs + PROBE_EVERY_MS;
    return true;
  }

  /** Takes a part of the limit; null if the call failed. A late reply is waited for: what it grants is counted. */
  async take({ key, wanted, limit, windowMs, owed, owedIn, onSilence }: TakeInput): Promise<Grant | null> {
    let isAnswered = false;
    const after = (ms: number, act: () => void): NodeJS.Timeout =>
      // A reply that is unread because this process was busy is not late: it is read before `setImmediate` runs.
      setTimeout(() => setImmediate(() => isAnswered || act()), ms);
    const late = after(this.#lateAfterMs, onSilence);
    const away = after(this.#awayAfterMs, () => {
      this.#isAway = true;
      onSilence();
    });
    try {
      const reply = await this.#redis.eval(TAKE, 1, key, wanted, limit, windowMs, owed, owedIn ?? '');
      const [paid, granted, left, endsInMs, window] = reply as [number, number, number, number, string];
      this.#isAway = false;
      return { paid, granted, left, endsInMs, window };
    } catch {
      // Readiness and metrics report Redis; a log line per request would say nothing more.
      this.#isAway = true;
      return null;
    } finally {
      isAnswered = true;
      clearTimeout(late);
      clearTimeout(away);
    }
  }
}
