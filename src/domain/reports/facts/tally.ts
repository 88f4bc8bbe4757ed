import { moneyOf } from '../../money';

/** What has been counted of one figure. Money is in minor units of `currency`. */
export interface Count {
  id: string;
  currency: string | null;
  by: string | null;
  value: number;
}

export type CountKey = Pick<Count, 'id'> & Partial<Pick<Count, 'currency' | 'by'>>;

/**
 * Adds up figures by currency and by what they are broken down by. Its counts are plain data, in an order of their own,
 * so that the same facts in any order give the same counts.
 */
export class Tally {
  readonly #counts = new Map<string, Count>();

  /** Continues from counts. */
  static of(counts: readonly Count[]): Tally {
    const tally = new Tally();
    for (const count of counts) tally.#counts.set(keyOf(count), { ...count });
    return tally;
  }

  /** @throws DomainError `AMOUNT_TOO_LARGE` before a sum of money would stop being exact. */
  add({ id, currency = null, by = null }: CountKey, value = 1): void {
    const key = keyOf({ id, currency, by });
    const count = this.#counts.get(key) ?? { id, currency, by, value: 0 };
    count.value = currency === null ? count.value + value : moneyOf(count.value + value, currency).amountMinor;
    this.#counts.set(key, count);
  }

  /** Returns 0 for what was never counted. */
  valueOf(key: CountKey): number {
    return this.#counts.get(keyOf(key))?.value ?? 0;
  }

  /** Returns the counts of one figure, in order. */
  of(id: string): Count[] {
    return this.counts().filter((count) => count.id === id);
  }

  counts(): Count[] {
    return [...this.#counts].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, count]) => ({ ...count }));
  }
}

const keyOf = ({ id, currency, by }: CountKey): string => JSON.stringify([id, currency ?? '', by ?? '']);

/** Returns every currency among counts, and the further one, in order. */
export function currenciesOf(counts: readonly Count[], further?: string): string[] {
  const found = counts.flatMap(({ currency }) => (currency === null ? [] : [currency]));
  return [...new Set(further === undefined ? found : [...found, further])].toSorted();
}
