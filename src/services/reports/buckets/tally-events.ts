import type { ClientSession } from 'mongoose';
import { postingKeyOf } from '../../../contracts/payments/posting-keys';
import { createdAtOf } from '../../../domain/ids';
import { dayOf } from '../../../domain/reports/buckets/bucket';
import { BucketTally } from '../../../domain/reports/buckets/bucket-tally';
import { factOfEvent, factOfPosting } from '../../../domain/reports/buckets/facts';
import type { Database } from '../../../models/database';
import type { Event } from '../../../models/event';

/** The fields of an event that are read to count it. */
export const countedFields = {
  tenantId: 1,
  entityId: 1,
  step: 1,
  type: 1,
  at: 1,
  'data.reason': 1,
  'data.standing': 1,
  'data.refundId': 1,
} as const;

const postingFields = { tenantId: 1, event: 1, currency: 1, lines: 1, at: 1, recordedAt: 1 } as const;

export type CountableEvent = Pick<Event, '_id' | 'tenantId' | 'entityId' | 'step' | 'type' | 'at'> & {
  data: { reason?: unknown; standing?: unknown; refundId?: unknown };
};

export interface TallyEventsInput {
  database: Database;
  session?: ClientSession;
  events: readonly CountableEvent[];
  /** The buckets of each tenant so far; the events are added to them. */
  tallies: Map<string, BucketTally>;
}

/** Counts events, and the postings of their steps, into the buckets of their tenants. */
export async function tallyEvents({ database, session, events, tallies }: TallyEventsInput): Promise<void> {
  const byPostingKey = new Map<string, CountableEvent>();
  for (const event of events) {
    const { _id, tenantId, type, data, at } = event;
    const recordedAt = createdAtOf(_id);
    tallyOf(tallies, tenantId).add(factOfEvent({ type, data, at, recordedAt }), dayOf(recordedAt));
    const key = postingKeyOf(event);
    if (key !== null) byPostingKey.set(key, event);
  }
  if (byPostingKey.size === 0) return;
  const postings = await database.models.ledgerPostings
    .find({ _id: { $in: [...byPostingKey.keys()] } }, postingFields)
    .session(session ?? null)
    .lean();
  for (const posting of postings) {
    const event = byPostingKey.get(posting._id)!;
    if (posting.tenantId !== event.tenantId) continue;
    tallyOf(tallies, event.tenantId).add(factOfPosting(posting), dayOf(createdAtOf(event._id)));
  }
}

function tallyOf(tallies: Map<string, BucketTally>, tenantId: string): BucketTally {
  const known = tallies.get(tenantId);
  if (known) return known;
  const tally = new BucketTally();
  tallies.set(tenantId, tally);
  return tally;
}
