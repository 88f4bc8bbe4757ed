import type { LedgerEvent } from '../../../domain/payments/ledger';
import { moneyEvents } from '../../../domain/reports/facts/payment-effects';
import type { LedgerPosting } from '../../../models/payments/ledger-posting';
import type { GatherScope } from './gatherer';
import { readByTime } from './read-by-time';

export interface ReadPostingsInput {
  scope: Pick<GatherScope, 'database' | 'tenantId' | 'asOf' | 'filters'>;
  /** Defaults to the postings that move captured money. */
  events?: readonly LedgerEvent[];
  /** Half-open. */
  from: Date;
  to: Date;
  after: string | null;
  limit: number;
}

const projection = { event: 1, paymentId: 1, currency: 1, lines: 1, at: 1, recordedAt: 1 } as const;
const ofKinds = (tenantId: string, events: readonly LedgerEvent[]) => ({ tenantId, event: { $in: [...events] } });

/**
 * Reads postings in the order of business time. Returns those that were recorded up to
 * `asOf`, in the currency that was asked for.
 */
export async function readPostings({
  scope: { database, tenantId, asOf, filters },
  events = moneyEvents,
  ...page
}: ReadPostingsInput): Promise<{ postings: LedgerPosting[]; after: string | null; read: number }> {
  const model = database.models.ledgerPostings;
  const { documents, after } = await readByTime({ model, filter: ofKinds(tenantId, events), projection, ...page });
  const isCounted = ({ recordedAt, currency }: LedgerPosting): boolean =>
    !(recordedAt && recordedAt > asOf) && currency === (filters.currency ?? currency);
  return { postings: documents.filter(isCounted), after, read: documents.length };
}

/** Returns the number of postings that move captured money, as `readPostings` will return over all pages. */
export async function countPostings({
  scope: { database, tenantId, asOf, filters },
  from,
  to,
}: Pick<ReadPostingsInput, 'scope' | 'from' | 'to'>): Promise<number> {
  return database.models.ledgerPostings.countDocuments({
    ...ofKinds(tenantId, moneyEvents),
    at: { $gte: from, $lt: to },
    recordedAt: { $not: { $gt: asOf } },
    ...(filters.currency === undefined ? {} : { currency: filters.currency }),
  });
}
