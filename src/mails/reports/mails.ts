import type { ReportMailTemplate } from '../../contracts/reports/mails';
import type { MailDefinition } from '../mail-definition';
import { reportReady } from './report-ready';
import { schedulePaused } from './schedule-paused';

/** The templates of the mails about reports and their schedules. */
export const reportMails: Record<ReportMailTemplate, MailDefinition> = {
  reportReady,
  reportSchedulePaused: schedulePaused,
};
