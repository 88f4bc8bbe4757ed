import type { ClientSession } from 'mongoose';
import { isId } from '../../../domain/ids';
import { hasReportEnded } from '../../../domain/reports/report';
import { mailsOf, settled } from '../../../domain/reports/delivery/recipients';
import type { Database } from '../../../models/database';
import type { Report } from '../../../models/reports/report';
import type { ReportScheduleRow } from '../../../models/reports/report-schedule';
import { insertDocuments } from '../../insert-documents';
import { newOutboxRow } from '../../new-outbox-row';
import { reportMailOf } from './order-mails';
import { scopeOf } from './subscriptions';

export interface DeliverInput {
  database: Database;
  session: ClientSession;
  tenantId: string;
}

export interface DeliverEndedInput extends DeliverInput {
  reportId: string;
  /** True for a report without contents whose schedule skips such. */
  isEmpty: boolean;
  /** The tenant's time. */
  at: Date;
}

/**
 * Orders the mails of a report that has ended, in the transaction that ends it, unless other reports that are delivered
 * together with it are still made. A report that is not mailed says so.
 */
export async function deliverEnded(input: DeliverEndedInput): Promise<void> {
  const { database, session, tenantId, reportId: _id, isEmpty, at } = input;
  const { reports } = database.models;
  const report = await reports.findOne({ _id, tenantId }, MAILED_FIELDS).session(session).lean<MailedReport>().orFail();
  const { deliveryGroup: group, state, scheduleId, deliverTo = [] } = report;
  if (!group) return;
  if (state !== 'completed' || isEmpty) {
    const skipped = settled(deliverTo, ({ state }) => state === 'pending', { state: 'skipped', reason: null, at });
    await reports.updateOne({ _id, tenantId }, { $set: { deliverTo: skipped } }, { session });
  }
  await deliverGroup({ database, session, tenantId, group, scheduleId });
}

export interface DeliverGroupInput extends DeliverInput {
  /** The reports that are delivered together. */
  group: string;
  scheduleId: string | null;
}

const MAILED_FIELDS = {
  type: 1,
  state: 1,
  window: 1,
  scheduleId: 1,
  correlationId: 1,
  deliverTo: 1,
  deliveryGroup: 1,
  mailed: 1,
} as const;
type MailedReport = Pick<Report, '_id' | keyof typeof MAILED_FIELDS>;

/** Orders reports by their windows. */
export const oldestFirst = (one: Pick<Report, 'window'>, other: Pick<Report, 'window'>): number =>
  one.window.startAt < other.window.startAt ? -1 : 1;

/**
 * Orders the mails about reports that are delivered together, one for each recipient, within the caller's transaction:
 * once, when the last of them has ended and no sweep adds any more. All ends of a tenant write its document of places,
 * and a sweep writes its schedule, so no two of them find each other's reports unfinished.
 */
export async function deliverGroup(input: DeliverGroupInput): Promise<void> {
  const { database, session, tenantId, group, scheduleId } = input;
  const { reports, outbox } = database.models;
  if (await mayGrow(input)) return;
  const inGroup = { tenantId, deliveryGroup: group };
  const found = await reports.find(inGroup, MAILED_FIELDS).session(session).lean<MailedReport[]>();
  if (found.some(({ state }) => !hasReportEnded(state))) return;
  const ready = found.filter(({ state, mailed }) => state === 'completed' && !mailed);
  const newest = ready.toSorted(oldestFirst).at(-1);
  if (!newest) return;
  await reports.updateMany(inGroup, { $set: { mailed: true } }, { session });
  const rows = mailsOf(ready.map(({ deliverTo = [] }) => ({ deliverTo }))).map((to) =>
    newOutboxRow({
      tenantId,
      entityType: 'report',
      entityId: newest._id,
      correlationId: newest.correlationId,
      pending: ['mail'],
      mail: reportMailOf({
        template: 'reportReady',
        about: `reports/${group}`,
        to,
        group,
        scheduleId,
        scope: scopeOf(newest),
        reportId: null,
      }),
    }),
  );
  await insertDocuments({ model: outbox, documents: rows, session });
}

/**
 * Orders the mails about the reports that sweeps of a schedule have accepted, where they have ended before the sweep or
 * the schedule itself did; within the caller's transaction. `schedule` is as it was before.
 */
export async function closeGroup({
  database,
  session,
  schedule: { _id: scheduleId, tenantId, openGroup: group },
}: Pick<DeliverInput, 'database' | 'session'> & { schedule: ReportScheduleRow }): Promise<void> {
  if (group) await deliverGroup({ database, session, tenantId, group, scheduleId });
}

/** True while a sweep or a backfill still accepts reports into the group. */
async function mayGrow({ database, session, tenantId, group, scheduleId }: DeliverGroupInput): Promise<boolean> {
  if (scheduleId === null) return false;
  if (isId('operation', group)) {
    const accepting = { _id: group, tenantId, state: 'running', 'backfill.isAccepted': false } as const;
    return (await database.models.operations.exists(accepting).session(session)) !== null;
  }
  const growing = { _id: scheduleId, tenantId, state: 'active', openGroup: group } as const;
  return (await database.models.reportSchedules.exists(growing).session(session)) !== null;
}
