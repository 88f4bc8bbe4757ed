import type { QueryFilter } from 'mongoose';
import type { Row } from '../../../domain/reports/report-content';
import { countedPart, type CountedMovement, type MovementFact } from '../../../domain/reports/mrr/movement-fact';
import { addMovements, addStart, mrrContent, noMrr, type MrrTotals } from '../../../domain/reports/mrr/mrr-totals';
import type { MrrMovement } from '../../../models/subscriptions/mrr-movement';
import type { GatherScope, SectionGatherer } from './gatherer';
import { readDated } from './read-dated';

/** Reads the movements of the window in the order of their times. The first page begins with the MRR at the start. */
export const movementsSection: SectionGatherer<MrrTotals & Record<string, unknown>> = {
  start: () => ({ ...noMrr }),
  async readPage({ after, limit, state, ...scope }) {
    const { database, window, filters, asOf } = scope;
    const begun = after === null ? addStart(state, await startOf(scope)) : state;
    const { found, next } = await readDated<MrrMovement>({ model: database.models.mrrMovements, scope, after, limit });
    const counted = found
      .filter(({ recordedAt }) => recordedAt <= asOf)
      .flatMap((fact) => {
        const part = countedPart(fact, filters);
        return part ? [{ fact, part }] : [];
      });
    return {
      rows: counted.map(({ fact, part }) => rowOf(fact, part, filters.planId)),
      after: next,
      state: { ...addMovements(begun, counted, window) },
    };
  },
  contentOf: (state, { window, filters }) => mrrContent(state, window, filters),
};

const rowOf = (fact: MovementFact, { kind, deltaMinor, afterMinor }: CountedMovement, planId = fact.planId): Row => [
  'movement',
  fact.at.toISOString(),
  fact.subscriptionId,
  fact.customer,
  planId,
  fact.currency,
  kind,
  deltaMinor,
  afterMinor,
  fact.reason,
];

/** Returns the MRR at the start of the window by currency: the sum of all movements before, by the index of times. */
async function startOf({ database, tenantId, window, filters, asOf }: GatherScope): Promise<Map<string, number>> {
  const { currency, planId } = filters;
  const selected: QueryFilter<MrrMovement> = { tenantId, at: { $lt: new Date(window.startAt) } };
  const delta =
    planId === undefined ? '$deltaMinor' : { $subtract: [partIn(planId, 'after'), partIn(planId, 'before')] };
  const found = await database.models.mrrMovements.aggregate<{ _id: string; minor: number }>([
    { $match: selected },
    { $match: { recordedAt: { $lte: asOf }, ...(currency === undefined ? {} : { currency }) } },
    { $group: { _id: '$currency', minor: { $sum: delta } } },
  ]);
  return new Map(found.filter(({ minor }) => minor !== 0).map(({ _id, minor }) => [_id, minor]));
}

/** Returns the expression of a plan's part of a subscription's value before or after a movement. */
export const partIn = (planId: string, side: 'before' | 'after') => ({
  $cond: [{ $eq: [side === 'after' ? '$planId' : '$planIdBefore', planId] }, `$${side}Minor`, 0],
});
