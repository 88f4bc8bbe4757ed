import { reportFileHandlers, type ReportFileHandlersInput } from './report-files';
import { reportLinkHandlers, type ReportLinkHandlersInput } from './report-links';
import { reportScheduleHandlers, type ReportScheduleHandlersInput } from './report-schedules';
import { reportUnsubscribeHandlers, type ReportUnsubscribeHandlersInput } from './report-unsubscribes';
import { reportHandlers, type ReportHandlersInput } from './reports';

interface ReportsHandlersInput
  extends
    ReportHandlersInput,
    ReportFileHandlersInput,
    ReportLinkHandlersInput,
    ReportScheduleHandlersInput,
    ReportUnsubscribeHandlersInput {}

/** Returns the handlers of reports, their files, the links to them, their schedules and mails. */
export const reportsHandlers = (input: ReportsHandlersInput) => ({
  ...reportHandlers(input),
  ...reportFileHandlers(input),
  ...reportLinkHandlers(input),
  ...reportScheduleHandlers(input),
  ...reportUnsubscribeHandlers(input),
});
