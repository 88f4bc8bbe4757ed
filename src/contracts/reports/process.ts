import { endedReportStates, reportStates } from '../../domain/reports/report';
import { defineProcess, type ProcessEntity } from '../process';
import { taskQueues } from '../task-queues';
import * as contract from './report';

export const reportProcess = defineProcess({
  about:
    'Makes a report: gathers the facts of its window section by section, renders a file for each format from the ' +
    'same rows and figures, reads every file back and offers them at once. Runs in real time, also in a sandbox. ' +
    'Two reports of a tenant are made at a time.\n\n' +
    'Started by hand without an accepted report, the workflow fails with `NOT_FOUND` and changes nothing.',
  contract,
  entityType: 'report',
  workflowType: contract.ANALYTICS_REPORT,
  taskQueue: taskQueues.reports,
  workflowId: ({ _id }) => contract.analyticsReportId(_id),
  input: ({
    _id: reportId,
    tenantId,
    correlationId,
    offsetMs,
  }: ProcessEntity & { offsetMs: number }): contract.AnalyticsReportInput => ({
    tenantId,
    reportId,
    correlationId,
    offsetMs,
  }),
  states: reportStates,
  endedStates: endedReportStates,
  firstState: 'accepted',
  // A report is of facts, so one that is made during an advance equals one made at its hour.
  clock: 'real',
});
