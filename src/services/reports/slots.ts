import type { ClientSession } from 'mongoose';
import { analyticsReportId, reportSlotFree } from '../../contracts/reports/report';
import { endedReportStates, openReportStates, REPORTS_AT_ONCE } from '../../domain/reports/report';
import type { Database } from '../../models/database';
import { isDuplicateKey } from '../../models/duplicate-key';
import { insertDocuments } from '../insert-documents';
import { newOutboxRow } from '../new-outbox-row';

export interface SlotInput {
  database: Database;
  tenantId: string;
  reportId: string;
}

const LAST_PLACE = `reportIds.${REPORTS_AT_ONCE - 1}`;

/**
 * Takes one of the tenant's places for a report that begins; a repeat keeps the one it has. Returns false where none is
 * free: the report then waits, and whoever leaves a place wakes the first of those that wait.
 */
export async function takeSlot({ database, tenantId, reportId }: SlotInput): Promise<boolean> {
  const { reportSlots } = database.models;
  await ensureSlots({ database, tenantId });
  for (;;) {
    const { matchedCount } = await reportSlots.updateOne(
      { _id: tenantId, $or: [{ reportIds: reportId }, { [LAST_PLACE]: { $exists: false } }] },
      { $addToSet: { reportIds: reportId } },
    );
    if (matchedCount === 1) return true;
    if (await clearEnded({ database, tenantId })) continue;
    if (await beginToWait({ database, tenantId, reportId })) return false;
  }
}

/** Makes the tenant's document where there is none. */
export async function ensureSlots({ database, tenantId }: Omit<SlotInput, 'reportId'>): Promise<void> {
  const none = { tenantId, reportIds: [], waits: 0, schedulesMade: 0, statementsOrdered: 0 };
  await database.models.reportSlots
    .updateOne({ _id: tenantId }, { $setOnInsert: none }, { upsert: true })
    .catch((error: unknown) => {
      if (!isDuplicateKey(error)) throw error;
    });
}

/** Frees the places of reports that have ended without leaving them. Returns true where there was one. */
async function clearEnded({ database, tenantId }: Omit<SlotInput, 'reportId'>): Promise<boolean> {
  const { reports, reportSlots } = database.models;
  const slots = await reportSlots.findById(tenantId).lean();
  const reportIds = slots?.reportIds ?? [];
  const running = await reports
    .find({ _id: { $in: reportIds }, tenantId, state: { $nin: [...endedReportStates] } }, { _id: 1 })
    .lean();
  const ended = reportIds.filter((id) => !running.some(({ _id }) => _id === id));
  if (ended.length > 0) await reportSlots.updateOne({ _id: tenantId }, { $pull: { reportIds: { $in: ended } } });
  return ended.length > 0;
}

/** Marks a report as waiting. Returns false where a place became free meanwhile. */
const beginToWait = ({ database, tenantId, reportId }: SlotInput): Promise<boolean> =>
  database.inTransaction(async (session) => {
    const { reports, reportSlots } = database.models;
    const { matchedCount } = await reportSlots.updateOne(
      { _id: tenantId, [LAST_PLACE]: { $exists: true } },
      { $inc: { waits: 1 } },
      { session },
    );
    if (matchedCount === 0) return false;
    await reports.updateOne(
      // One that a new run begins again waits in a later state.
      { _id: reportId, tenantId, state: { $in: [...openReportStates] }, waiting: false },
      { $set: { waiting: true }, $inc: { version: 1 } },
      { session },
    );
    return true;
  });

/** Marks a report as waiting no longer, so that no place is kept for it. */
export async function endWaiting({ database, tenantId, reportId }: SlotInput): Promise<void> {
  const ended = { $set: { waiting: false }, $inc: { version: 1 } };
  await database.models.reports.updateOne({ _id: reportId, tenantId, waiting: true }, ended);
}

/** Leaves a report's place, in the transaction that ends the report, and wakes the next one; backfills come last. */
export async function leaveSlot({
  database,
  session,
  tenantId,
  reportId,
}: SlotInput & { session: ClientSession }): Promise<void> {
  const { models } = database;
  // A write also where the report has no place: of two that end at once, one sees the other's end.
  const left = { $pull: { reportIds: reportId }, $inc: { waits: 1 } };
  await models.reportSlots.updateOne({ _id: tenantId }, left, { session });
  const next = await models.reports
    .findOneAndUpdate(
      { tenantId, waiting: true },
      { $set: { waiting: false } },
      { sort: { backfill: 1, _id: 1 }, session, projection: { correlationId: 1 } },
    )
    .lean();
  if (!next) return;
  const row = newOutboxRow({
    tenantId,
    entityType: 'report',
    entityId: next._id,
    correlationId: next.correlationId,
    signal: { workflowId: analyticsReportId(next._id), name: reportSlotFree.name },
    pending: ['temporal'],
  });
  await insertDocuments({ model: models.outbox, documents: [row], session });
}
