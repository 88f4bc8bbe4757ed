import { setTimeout } from 'node:timers/promises';
import { DomainError } from '../../domain/domain-error';
import { isRefusal, problemOf } from '../problems';
import type { Decided, Decision } from './decide-review';

export type SentDecision = Pick<Decision, 'listingId' | 'command' | 'body'>;

/** An outcome; a refusal; or an error after which the outcome is not known yet. */
export type DecisionResult = { index: number } & (DecidedBy | { refusal: unknown } | { pending: unknown });
type DecidedBy = Decided & Pick<Decision, 'command'>;

export interface DecideInOrderInput {
  /** The decisions by their place in the batch. */
  decisions: ReadonlyMap<number, SentDecision>;
  decide: (index: number, decision: SentDecision) => Promise<Decided>;
  /** Called before each part of the work but the first; a part takes a few seconds at most. */
  extendLock: () => Promise<void>;
  /** Milliseconds after which nothing more is begun. */
  withinMs: number;
}

/** Listings that are decided on at a time: each decision waits for the run of its review. */
const CONCURRENT = 10;
/** How often a decision is sent whose outcome does not become known; each time waits for it. */
const ROUNDS = 3;
const PAUSE_MS = 250;

/**
 * Carries out decisions, those about one listing in their order: none is sent while the outcome of an earlier one is
 * not known. Returns a result for each. Throws for an error that nobody expects.
 */
export async function decideInOrder(input: DecideInOrderInput): Promise<DecisionResult[]> {
  const endsAtMs = performance.now() + input.withinMs;
  const isLate = () => performance.now() >= endsAtMs;
  const results = new Map([...input.decisions.keys()].map((index) => [index, notBegun(index)]));
  const isPending = (index: number) => 'pending' in results.get(index)!;
  let waiting = byListing(input.decisions);
  for (let round = 1; waiting.length > 0 && round <= ROUNDS && !isLate(); round += 1) {
    if (round > 1) await setTimeout(PAUSE_MS);
    for (let next = 0; next < waiting.length && !isLate(); next += CONCURRENT) {
      if (round > 1 || next > 0) await input.extendLock();
      await Promise.all(waiting.slice(next, next + CONCURRENT).map((indexes) => decideOnListing(indexes)));
    }
    waiting = waiting.map((indexes) => indexes.filter(isPending)).filter((indexes) => indexes.length > 0);
  }
  return [...results.values()];

  async function decideOnListing(indexes: readonly number[]): Promise<void> {
    for (const index of indexes) {
      results.set(index, await resultOf(input, index));
      if (isPending(index) || isLate()) return;
    }
  }
}

/** Returns the places of the decisions about each listing, in their order. */
function byListing(decisions: DecideInOrderInput['decisions']): number[][] {
  const places = new Map<string, number[]>();
  for (const [index, { listingId }] of decisions) places.set(listingId, [...(places.get(listingId) ?? []), index]);
  return [...places.values()];
}

const notBegun = (index: number): DecisionResult => ({
  index,
  pending: new DomainError(
    'OUTCOME_PENDING',
    'The decision waits for an earlier one. Repeat the request with the same Idempotency-Key.',
  ),
});

async function resultOf({ decisions, decide }: DecideInOrderInput, index: number): Promise<DecisionResult> {
  const decision = decisions.get(index)!;
  try {
    return { index, command: decision.command, ...(await decide(index, decision)) };
  } catch (error) {
    if (isRefusal(error)) return { index, refusal: error };
    if (problemOf({ error, correlationId: '' }).unexpected) throw error;
    return { index, pending: error };
  }
}
