import { DomainError } from '../../../domain/domain-error';
import { normaliseEmail, requireEmail } from '../../../domain/values/email';
import { insertDocuments } from '../../insert-documents';
import { newOutboxRow } from '../../new-outbox-row';
import { reportMailOf } from '../delivery/order-mails';
import { findUnsubscribed } from '../delivery/subscriptions';
import type { ScheduleChangeInput } from './change-schedule';

export interface TestScheduleInput extends Pick<ScheduleChangeInput, 'database' | 'session' | 'schedule'> {
  email: string;
  /** Names the test: a repeat sends no other mail. */
  commandId: string;
  correlationId: string;
}

/**
 * Orders the mail about the report of a schedule's last window, or else about its newest, for one address, within the
 * caller's transaction. No run, and the recipients of the schedule stay as they are. Returns the report's id.
 * @throws DomainError `REPORT_NOT_READY`, `RECIPIENT_INVALID` for an address that has unsubscribed
 */
export async function testSchedule(input: TestScheduleInput): Promise<string> {
  const { database, session, schedule, email, commandId, correlationId } = input;
  const { _id: scheduleId, tenantId } = schedule;
  const emailKey = normaliseEmail(email);
  const unsubscribed = await findUnsubscribed({ database, session, tenantId, scope: scheduleId, emails: [email] });
  if (unsubscribed.has(emailKey))
    throw new DomainError('RECIPIENT_INVALID', 'The address has unsubscribed from the mails of this schedule.', {
      pointer: '/email',
    });
  const completed = { tenantId, state: 'completed' } as const;
  const { reports } = database.models;
  const ofLastRun = schedule.lastRun?.reportId;
  const report =
    (ofLastRun &&
      (await reports
        .findOne({ ...completed, _id: ofLastRun }, { _id: 1 })
        .session(session)
        .lean())) ||
    (await reports
      .findOne({ ...completed, scheduleId }, { _id: 1 })
      .sort({ createdAt: -1, _id: -1 })
      .session(session)
      .lean());
  if (!report)
    throw new DomainError('REPORT_NOT_READY', 'No report of the schedule is completed yet: trigger one, and wait.');
  const row = newOutboxRow({
    tenantId,
    entityType: 'report_schedule',
    entityId: scheduleId,
    correlationId,
    pending: ['mail'],
    mail: reportMailOf({
      template: 'reportReady',
      about: `reports/test/${commandId}`,
      to: { email: requireEmail(email), emailKey, name: 'a test address' },
      scope: scheduleId,
      scheduleId,
      group: null,
      reportId: report._id,
    }),
  });
  await insertDocuments({ model: database.models.outbox, documents: [row], session });
  return report._id;
}
