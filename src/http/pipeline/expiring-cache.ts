/**
 * A small cache: each value is kept for `ttlMs`; beyond `maxEntries` values the oldest is evicted.
 */
export class ExpiringCache<Value> {
  readonly #entries = new Map<string, { value: Value; expiresAtMs: number }>();
  readonly #ttlMs: number;
  readonly #maxEntries: number;

  constructor({ ttlMs, maxEntries }: { ttlMs: number; maxEntries: number }) {
    this.#ttlMs = ttlMs;
    this.#maxEntries = maxEntries;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    return entry && entry.expiresAtMs > performance.now() ? entry.value : undefined;
  }

  set(key: string, value: Value): void {
    // Deleted and inserted, an entry moves to the end: the order of the map is the order of expiry.
    this.#entries.delete(key);
    this.#entries.set(key, { value, expiresAtMs: performance.now() + this.#ttlMs });
    if (this.#entries.size <= this.#maxEntries) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}
