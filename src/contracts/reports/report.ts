import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ReportState } from '../../domain/reports/report';
import type { CommandInput, CommandOutcome } from '../commands';

export const ANALYTICS_REPORT = 'analyticsReport';

/** Returns the only form of the workflow's id. */
export const analyticsReportId = (reportId: string): string => `${ANALYTICS_REPORT}/${reportId}`;

/** Names a report to workflow and activities: ids only. */
export interface ReportRef {
  tenantId: string;
  reportId: string;
}

export interface AnalyticsReportInput extends ReportRef {
  correlationId: string;
  /** The tenant's lead over real time when the report was accepted, in milliseconds: the times of its steps have it. */
  offsetMs: number;
}

export const cancelReportName = 'cancelReport';
export type ReportCommand = typeof cancelReportName;
export type ReportOutcome = CommandOutcome<ReportState>;

export interface ReportStatus {
  state: ReportState;
  waitingFor: { what: string; until: null } | null;
}

export const getState = defineQuery<ReportStatus>('getState');
export const cancelReport = defineUpdate<ReportOutcome, [CommandInput]>(cancelReportName);
/** Wakes a report that waits for one of its tenant's two places. */
export const reportSlotFree = defineSignal('reportSlotFree');
