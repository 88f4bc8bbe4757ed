/** One event of an entity: its state afterwards. */
export interface StateFact {
  state: string;
  version: number;
  /** Business time. */
  at: Date;
  /** Real time. */
  recordedAt: Date;
}

/** The facts that count: dated before `endAt` and recorded up to `asOf`. */
export interface FactsUpTo {
  endAt: Date;
  asOf: Date;
}

/** Returns the state that an entity was in at the end of a window; null for one that did not exist yet. */
export function stateAt(facts: readonly StateFact[], { endAt, asOf }: FactsUpTo): string | null {
  const counted = facts.filter(({ at, recordedAt }) => at < endAt && recordedAt <= asOf);
  if (counted.length === 0) return null;
  return counted.reduce((last, fact) => (fact.version > last.version ? fact : last)).state;
}
