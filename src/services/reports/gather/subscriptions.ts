import type { PipelineStage } from 'mongoose';
import type { Gatherer, GatherScope } from './gatherer';
import { countingSection } from './subscriptions-counting';
import { customersSection } from './subscriptions-customers';
import { milestonesSection } from './subscriptions-milestones';
import { movementsSection, partIn } from './subscriptions-movements';

/** Reads the type `subscriptions`. */
export const subscriptionsGatherer: Gatherer = {
  countRows,
  sections: {
    movements: movementsSection,
    customers: customersSection,
    milestones: milestonesSection,
    subscriptions: countingSection,
  },
};

/**
 * Counts the movements of the window, and the subscriptions that count at its end: those that began to count less those
 * that ceased to.
 */
async function countRows({ database, tenantId, window, filters, asOf }: GatherScope): Promise<number> {
  const { currency, planId } = filters;
  const side = (name: 'before' | 'after') => (planId === undefined ? `$${name}Minor` : partIn(planId, name));
  const isPaid = (name: 'before' | 'after') => ({ $cond: [{ $gt: [side(name), 0] }, 1, 0] });
  const isMovement = {
    $and: [{ $gte: ['$at', new Date(window.startAt)] }, { $ne: [side('before'), side('after')] }],
  };
  const stages: PipelineStage[] = [
    { $match: { tenantId, at: { $lt: new Date(window.endAt) } } },
    { $match: { recordedAt: { $lte: asOf }, ...(currency === undefined ? {} : { currency }) } },
    {
      $group: {
        _id: null,
        movements: { $sum: { $cond: [isMovement, 1, 0] } },
        counting: { $sum: { $subtract: [isPaid('after'), isPaid('before')] } },
      },
    },
  ];
  const [found] = await database.models.mrrMovements.aggregate<{ movements: number; counting: number }>(stages);
  return found ? found.movements + found.counting : 0;
}
