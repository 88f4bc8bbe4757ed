import {
  addMilestones,
  milestoneFigures,
  noMilestones,
  outcomeOf,
  type MilestoneTotals,
} from '../../../domain/reports/mrr/milestone-totals';
import type { MilestoneKind } from '../../../domain/subscriptions/mrr/milestone';
import type { SubscriptionMilestone } from '../../../models/subscriptions/subscription-milestone';
import type { GatherScope, SectionGatherer } from './gatherer';
import { readDated } from './read-dated';

/** Reads the trials that ended in the window, and the invoices whose dunning began in it. It has no rows. */
export const milestonesSection: SectionGatherer<MilestoneTotals & Record<string, unknown>> = {
  start: () => ({ ...noMilestones }),
  async readPage({ after, limit, state, ...scope }) {
    const { database, filters, asOf } = scope;
    const { found, next } = await readDated<SubscriptionMilestone>({
      model: database.models.subscriptionMilestones,
      scope,
      after,
      limit,
    });
    const counted = found.filter(
      ({ recordedAt, currency, planId }) =>
        recordedAt <= asOf &&
        (filters.currency === undefined || currency === filters.currency) &&
        (filters.planId === undefined || planId === filters.planId),
    );
    const outcomes = await outcomesOf(scope, counted);
    const milestones = counted.map(({ kind, invoiceId }) => ({
      kind,
      outcome: invoiceId === null ? null : outcomeOf(outcomes.get(invoiceId) ?? []),
    }));
    return { rows: [], after: next, state: { ...addMilestones(state, milestones) } };
  },
  contentOf: (state) => ({ figures: milestoneFigures(state), series: [] }),
};

/** Returns the milestones of invoices in dunning up to the end of the window, by invoice and in their order. */
async function outcomesOf(
  { database, tenantId, window, asOf }: GatherScope,
  milestones: readonly SubscriptionMilestone[],
): Promise<Map<string, MilestoneKind[]>> {
  const begun = milestones.filter(({ kind }) => kind === 'dunning_begun');
  const byInvoice = new Map<string, MilestoneKind[]>();
  if (begun.length === 0) return byInvoice;
  const found = await database.models.subscriptionMilestones
    .find({ tenantId, invoiceId: { $in: begun.map(({ invoiceId }) => invoiceId) } })
    .sort({ invoiceId: 1, _id: 1 })
    .lean();
  for (const { invoiceId, kind, at, recordedAt } of found)
    if (invoiceId !== null && at < new Date(window.endAt) && recordedAt <= asOf)
      byInvoice.set(invoiceId, [...(byInvoice.get(invoiceId) ?? []), kind]);
  return byInvoice;
}
