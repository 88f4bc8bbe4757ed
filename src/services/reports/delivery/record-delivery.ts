import type { ClientSession } from 'mongoose';
import type { ReportMailData } from '../../../contracts/reports/delivery';
import { byWorkflow } from '../../../domain/actor';
import { awaitsMail, settled, type Recipient } from '../../../domain/reports/delivery/recipients';
import { normaliseEmail } from '../../../domain/values/email';
import type { Database } from '../../../models/database';
import type { Report } from '../../../models/reports/report';
import type { ReportScheduleRow } from '../../../models/reports/report-schedule';
import { applyStep } from '../../apply-step';
import type { MailEnd } from '../../mail-limit';
import type { MailRow } from '../../undeliverable-mails';
import { findUnsubscribed } from './subscriptions';

export interface RecordDeliveryInput {
  database: Database;
  session: ClientSession;
  row: MailRow;
  end: MailEnd;
  /** The tenant's time, ISO 8601. */
  at: string;
}

type Outcome = Pick<Recipient, 'state' | 'reason' | 'at'>;

/**
 * Records what became of the mail about some reports with each of them and with their schedule, within the caller's
 * transaction. An address that the mail server refuses for good gets no further mail of the schedule, with an event.
 * Returns the ids of the entities whose timelines tell of the mail; of any other mail the one that it is about.
 */
export async function recordDelivery(input: RecordDeliveryInput): Promise<string[]> {
  const { database, session, row } = input;
  const { tenantId, mail, entityId } = row;
  const { group, scheduleId } = mail.data as ReportMailData;
  if (mail.template !== 'reportReady' || group === null || mail.to === null) return [entityId];
  const emailKey = normaliseEmail(mail.to);
  const outcome = await outcomeOf(input, emailKey);
  const { reports } = database.models;
  const found = await reports
    .find({ tenantId, deliveryGroup: group }, { deliverTo: 1 })
    .session(session)
    .lean<Pick<Report, '_id' | 'deliverTo'>[]>();
  const isMeant = (one: Recipient): boolean => one.emailKey === emailKey && awaitsMail(one);
  const told = found.filter(({ deliverTo = [] }) => deliverTo.some(isMeant));
  for (const { _id, deliverTo = [] } of told)
    await reports.updateOne(
      { _id, tenantId },
      { $set: { deliverTo: settled(deliverTo, isMeant, outcome) } },
      { session },
    );
  if (scheduleId !== null) await settleSchedule({ ...input, scheduleId, emailKey, outcome });
  return told.map(({ _id }) => _id);
}

async function outcomeOf({ database, session, row, end, at }: RecordDeliveryInput, key: string): Promise<Outcome> {
  const when = { at: new Date(at) };
  if (end.outcome === 'sent' || end.outcome === 'withheld') return { state: end.outcome, reason: null, ...when };
  if (end.outcome === 'limited') return { state: 'failed', reason: 'limited', ...when };
  if (end.outcome === 'undeliverable') return { state: 'failed', reason: 'refused', ...when };
  const { scope } = row.mail.data as ReportMailData;
  const about = { database, session, tenantId: row.tenantId, scope, emails: [key] };
  const hasLeft = (await findUnsubscribed(about)).has(key);
  return { state: hasLeft ? 'unsubscribed' : 'skipped', reason: null, ...when };
}

interface SettleScheduleInput extends RecordDeliveryInput {
  scheduleId: string;
  emailKey: string;
  outcome: Outcome;
}

async function settleSchedule(input: SettleScheduleInput): Promise<void> {
  const { database, session, row, end, at, scheduleId, emailKey, outcome } = input;
  const isDead = end.outcome === 'undeliverable' && end.atRecipient;
  if (!isDead && outcome.state !== 'sent' && outcome.state !== 'withheld') return;
  const { tenantId, mail } = row;
  const { reportSchedules } = database.models;
  const key = { _id: scheduleId, tenantId };
  const schedule = await reportSchedules.findOne(key).session(session).lean<ReportScheduleRow>();
  const { deliverTo = [], state = '' } = schedule ?? {};
  const isMeant = (one: Recipient): boolean => one.emailKey === emailKey && one.state !== 'unsubscribed';
  if (!deliverTo.some(isMeant)) return;
  const set = { deliverTo: settled(deliverTo, isMeant, outcome) };
  if (!isDead) {
    await reportSchedules.updateOne(key, { $set: set, $inc: { firings: 1 } }, { session });
    return;
  }
  await applyStep(
    database,
    {
      tenantId,
      entityType: 'report_schedule',
      entityId: scheduleId,
      step: `delivery_failed/${row._id}`,
      from: [state],
      set,
      at,
      by: byWorkflow,
      event: {
        type: 'report_schedule.delivery_failed',
        data: { recipient: (mail.data as ReportMailData).recipient, ...end.refusal },
      },
    },
    session,
  );
}
