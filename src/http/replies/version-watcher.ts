import { setTimeout } from 'node:timers/promises';
import type { Model } from 'mongoose';

const POLL_MS = 100;
const MAX_IDS = 1000;

interface Versioned {
  version: number;
}

interface Waiter {
  tenantId: string;
  id: string;
  version: number;
  isOver: () => boolean;
  resolve: () => void;
}

export interface ChangedInput {
  tenantId: string;
  id: string;
  /** The version that is known. */
  version: number;
  /** Returns true once the caller waits no longer. */
  isOver: () => boolean;
}

/**
 * Waits for changes of a collection's documents on behalf of all requests of the process: one query every 100 ms while
 * anybody waits, however many do.
 */
export class VersionWatcher {
  static readonly #watchers = new WeakMap<object, VersionWatcher>();

  /** Returns the process's watcher of a collection. */
  static of(model: Model<never>): VersionWatcher {
    const watcher = VersionWatcher.#watchers.get(model) ?? new VersionWatcher(model);
    VersionWatcher.#watchers.set(model, watcher);
    return watcher;
  }

  readonly #model: Model<Versioned>;
  readonly #waiters = new Set<Waiter>();
  #isRunning = false;

  constructor(model: Model<never>) {
    this.#model = model as unknown as Model<Versioned>;
  }

  /** Resolves when the document has another version or is gone, or the caller waits no longer. */
  changed(input: ChangedInput): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.add({ ...input, resolve });
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiters.size > 0) {
      await setTimeout(POLL_MS);
      for (const waiter of this.#waiters) if (waiter.isOver()) this.#end(waiter);
      const ids = [...new Set([...this.#waiters].map(({ id }) => id))];
      for (let from = 0; from < ids.length; from += MAX_IDS) await this.#check(ids.slice(from, from + MAX_IDS));
    }
    this.#isRunning = false;
  }

  async #check(ids: string[]): Promise<void> {
    try {
      const tenantIds = [...new Set([...this.#waiters].map(({ tenantId }) => tenantId))];
      const found = await this.#model
        .find({ tenantId: { $in: tenantIds }, _id: { $in: ids } }, { version: 1 })
        .lean<(Versioned & { _id: string })[]>();
      const versions = new Map(found.map(({ _id, version }) => [_id, version]));
      const asked = new Set(ids);
      for (const waiter of this.#waiters)
        if (asked.has(waiter.id) && versions.get(waiter.id) !== waiter.version) this.#end(waiter);
    } catch {
      // The database is away for the moment: the waits go on until their time is up.
    }
  }

  #end(waiter: Waiter): void {
    this.#waiters.delete(waiter);
    waiter.resolve();
  }
}
