import {
  beforeSubscriptions,
  endOfWalk,
  walkOn,
  type CountingSubscription,
  type SubscriptionWalk,
} from '../../../domain/reports/mrr/counting-subscriptions';
import { countedPart } from '../../../domain/reports/mrr/movement-fact';
import type { Row } from '../../../domain/reports/report-content';
import type { ReportFilters } from '../../../domain/reports/report-type';
import type { SectionGatherer } from './gatherer';

/**
 * Reads the movements of one subscription after another, from the first ever, and lists the subscriptions that count at
 * the end of the window. It has no figures.
 */
export const countingSection: SectionGatherer<SubscriptionWalk & Record<string, unknown>> = {
  start: () => ({ ...beforeSubscriptions }),
  async readPage({ database, tenantId, window, filters, asOf, after, limit, state }) {
    const endAt = new Date(window.endAt);
    // The ids of movements begin with their subscription, in the order of its versions.
    const found = await database.models.mrrMovements
      .find({ tenantId, _id: { $gt: after ?? '' } })
      .sort({ _id: 1 })
      .limit(limit)
      .lean();
    const rows: Row[] = [];
    const list = (one: CountingSubscription | null) => one && rows.push(rowOf(one, filters));
    let walk: SubscriptionWalk = state;
    for (const fact of found) {
      const part = fact.at < endAt && fact.recordedAt <= asOf ? countedPart(fact, filters) : null;
      if (!part) continue;
      const step = walkOn(walk, fact, part);
      list(step.ended);
      walk = step.walk;
    }
    const isEnd = found.length < limit;
    if (isEnd) list(endOfWalk(walk));
    return { rows, after: isEnd ? null : found.at(-1)!._id, state: { ...walk } };
  },
  contentOf: () => ({ figures: [], series: [] }),
};

const rowOf = (one: CountingSubscription, { planId = one.planId }: ReportFilters): Row => [
  'subscription',
  one.at,
  one.subscriptionId,
  one.customer,
  planId,
  one.currency,
  null,
  null,
  one.valueMinor,
  null,
];
