import { createHash } from 'node:crypto';
import type { MailRequest } from '../../../contracts/outbox';
import type { ReportMailData } from '../../../contracts/reports/delivery';
import type { ReportMailTemplate } from '../../../contracts/reports/mails';
import { reachable, type DeliveryMail } from '../../../domain/reports/delivery/recipients';
import type { ReportScheduleRow } from '../../../models/reports/report-schedule';

export interface ReportMailOfInput extends Omit<ReportMailData, 'recipient'> {
  template: ReportMailTemplate;
  /** Names what the mail is about, once and for ever: an address gets one mail of it. */
  about: string;
  to: DeliveryMail;
}

/** Returns the mail to a recipient of reports. */
export const reportMailOf = ({ template, about, to, ...data }: ReportMailOfInput): MailRequest => ({
  template,
  key: `${about}/${createHash('sha256').update(to.emailKey).digest('hex').slice(0, 32)}`,
  audience: 'recipient',
  to: to.email,
  data: { ...data, recipient: to.name },
});

/** Returns the mails that tell the recipients of a schedule that its failures pause it. */
export const pauseMailsOf = ({ _id: scheduleId, version, deliverTo = [] }: ReportScheduleRow): MailRequest[] =>
  reachable(deliverTo).map(({ email, emailKey }) =>
    reportMailOf({
      template: 'reportSchedulePaused',
      about: `reports/paused/${scheduleId}/${version}`,
      to: { email, emailKey, name: `recipient ${1 + deliverTo.findIndex((one) => one.emailKey === emailKey)}` },
      scope: scheduleId,
      scheduleId,
      group: null,
      reportId: null,
    }),
  );
