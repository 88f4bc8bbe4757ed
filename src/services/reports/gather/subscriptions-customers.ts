import type { QueryFilter } from 'mongoose';
import {
  addToCustomer,
  customerFigures,
  noCustomers,
  type CustomerTotals,
} from '../../../domain/reports/mrr/customer-totals';
import { countedPart } from '../../../domain/reports/mrr/movement-fact';
import type { MrrMovement } from '../../../models/subscriptions/mrr-movement';
import type { SectionGatherer } from './gatherer';

/**
 * Reads the movements of one customer after another, from the first ever: who pays at the start of the window, and who
 * at its end. It has no rows.
 */
export const customersSection: SectionGatherer<CustomerTotals & Record<string, unknown>> = {
  start: () => ({ ...noCustomers }),
  async readPage({ database, tenantId, window, filters, asOf, after, limit, state }) {
    const [startAt, endAt] = [new Date(window.startAt), new Date(window.endAt)];
    const found: MrrMovement[] = [];
    for (const stretch of stretchesOf(after)) {
      if (found.length === limit) break;
      const selected: QueryFilter<MrrMovement> = { tenantId, ...stretch };
      found.push(
        ...(await database.models.mrrMovements
          .find(selected)
          .sort({ customer: 1, currency: 1, customerMovement: 1 })
          .limit(limit - found.length)
          .lean()),
      );
    }
    let totals: CustomerTotals = state;
    for (const fact of found) {
      const part = fact.at < endAt && fact.recordedAt <= asOf ? countedPart(fact, filters) : null;
      if (part) totals = addToCustomer(totals, fact, part, fact.at < startAt);
    }
    const last = found.length === limit ? found.at(-1) : undefined;
    return {
      rows: [],
      after: last ? JSON.stringify([last.customer, last.currency, last.customerMovement]) : null,
      state: { ...totals },
    };
  },
  contentOf: (state, { filters }) => ({ figures: customerFigures(state, filters), series: [] }),
};

/** Returns the stretches of the index of customers that follow a place. */
function stretchesOf(after: string | null): QueryFilter<MrrMovement>[] {
  if (after === null) return [{}];
  const [customer, currency, customerMovement] = JSON.parse(after) as [string, string, number];
  return [
    { customer, currency, customerMovement: { $gt: customerMovement } },
    { customer, currency: { $gt: currency } },
    { customer: { $gt: customer } },
  ];
}
