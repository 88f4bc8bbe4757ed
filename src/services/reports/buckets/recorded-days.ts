import type { ClientSession } from 'mongoose';
import { createdAtOf } from '../../../domain/ids';
import { boundsOfDay, dayOf } from '../../../domain/reports/buckets/bucket';
import { BucketTally } from '../../../domain/reports/buckets/bucket-tally';
import { idAfter } from '../../../domain/values/id-after';
import type { Database } from '../../../models/database';
import type { RecordedDay } from '../../../models/reconciler-state';
import { countedFields, tallyEvents, type CountableEvent } from './tally-events';

interface Input {
  database: Database;
  session?: ClientSession;
}

/** Returns the next day on which an event was recorded, in the order of tenants; null after the last. */
export async function nextRecordedDay({
  database,
  after,
}: Input & { after: RecordedDay | null }): Promise<RecordedDay | null> {
  const { events } = database.models;
  const first = (filter: object) => events.findOne(filter, { tenantId: 1 }).sort({ tenantId: 1, _id: 1 }).lean();
  const later = after && (await first({ tenantId: after.tenantId, _id: { $gte: idsOf(after.recordedDay).$lt } }));
  const found = later ?? (await first({ tenantId: { $gt: after?.tenantId ?? '' } }));
  return found && { tenantId: found.tenantId, recordedDay: dayOf(createdAtOf(found._id)) };
}

/** The ids of the events that were recorded on a day. */
function idsOf(recordedDay: string): { $gte: string; $lt: string } {
  const { from, to } = boundsOfDay(recordedDay);
  const idsFrom = (instant: Date): string => idAfter('event', new Date(instant.getTime() - 1));
  return { $gte: idsFrom(from), $lt: idsFrom(to) };
}

/** Returns the number of events that were recorded on a day, by an indexed count. */
export const countRecorded = ({ database, session, tenantId, recordedDay }: Input & RecordedDay): Promise<number> =>
  database.models.events.countDocuments({ tenantId, _id: idsOf(recordedDay) }, { session });

/** Returns the events of a day of recording that the consumer still has to count. */
export async function findUncounted({
  database,
  session,
  tenantId,
  recordedDay,
}: Input & RecordedDay): Promise<Set<string>> {
  const rows = await database.models.outbox
    .find({ tenantId, open: true, pending: 'analytics', eventId: idsOf(recordedDay) }, { eventId: 1 })
    .session(session ?? null)
    .lean();
  return new Set(rows.map(({ eventId }) => eventId ?? ''));
}

const PAGE = 1000;

/** Counts a day of recording from the source, without the events that the consumer still has to count. */
export async function tallyRecordedDay(input: Input & RecordedDay): Promise<BucketTally> {
  const { database, session, tenantId, recordedDay } = input;
  const uncounted = await findUncounted(input);
  const tallies = new Map([[tenantId, new BucketTally()]]);
  const count = (events: readonly CountableEvent[]): Promise<void> =>
    tallyEvents({ database, session, events: events.filter(({ _id }) => !uncounted.has(_id)), tallies });
  const recorded = database.models.events
    .find({ tenantId, _id: idsOf(recordedDay) }, countedFields)
    .session(session ?? null)
    .lean<CountableEvent[]>();
  let page: CountableEvent[] = [];
  for await (const event of recorded.cursor({ batchSize: PAGE })) {
    page.push(event);
    if (page.length < PAGE) continue;
    await count(page);
    page = [];
  }
  await count(page);
  return tallies.get(tenantId)!;
}
