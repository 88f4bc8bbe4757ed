import { defineSchedule } from '../schedule';
import { taskQueues } from '../task-queues';
import { REPORT_SCHEDULES, type ReportSchedulesInput } from './report-schedules';

const MINUTE_MS = 60_000;
const input: ReportSchedulesInput = { isScheduled: true };

/** The schedules of reports: the partners' own schedules are rows that this one sweeps. */
export const reportSchedules = [
  defineSchedule({
    id: 'report-schedules',
    about: "Accepts the reports of the partners' schedules that are due.",
    everyMs: 5 * MINUTE_MS,
    catchUpMs: 60 * MINUTE_MS,
    workflowType: REPORT_SCHEDULES,
    workflowId: `${REPORT_SCHEDULES}/schedule`,
    taskQueue: taskQueues.reports,
    input: { ...input },
  }),
];
