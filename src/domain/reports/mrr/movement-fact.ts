import type { MovementKind } from '../../subscriptions/mrr/movement';
import type { RecordedMovement } from '../../subscriptions/mrr/rebuild';
import type { ReportFilters } from '../report-type';

/** The parts of an MRR movement that reports read. Amounts are in minor units. */
export interface MovementFact extends Omit<
  RecordedMovement,
  '_id' | 'deltaMinor' | 'customerMinor' | 'customerMovement'
> {
  subscriptionId: string;
  customer: string;
  /** Real time. */
  recordedAt: Date;
}

/** `transfer`: a change of plan, seen by one of the two plans. */
export type CountedKind = MovementKind | 'transfer';

/** The part of a movement that a report counts. */
export interface CountedMovement {
  kind: CountedKind;
  beforeMinor: number;
  afterMinor: number;
  deltaMinor: number;
}

/**
 * Returns the part of a movement that lies within the filters; null where none does. With a plan, a change to or from
 * another plan counts as a transfer, so that each plan's movements add up to its own MRR.
 */
export function countedPart(fact: MovementFact, { currency, planId }: ReportFilters): CountedMovement | null {
  if (currency !== undefined && fact.currency !== currency) return null;
  const isOf = (one: string): boolean => planId === undefined || one === planId;
  const beforeMinor = isOf(fact.planIdBefore) ? fact.beforeMinor : 0;
  const afterMinor = isOf(fact.planId) ? fact.afterMinor : 0;
  if (beforeMinor === afterMinor) return null;
  const changesPlan = fact.planId !== fact.planIdBefore && fact.beforeMinor > 0 && fact.afterMinor > 0;
  const kind = planId !== undefined && changesPlan ? 'transfer' : fact.kind;
  return { kind, beforeMinor, afterMinor, deltaMinor: afterMinor - beforeMinor };
}
