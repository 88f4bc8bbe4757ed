import { commandStep } from '../../contracts/commands';
import type { ProcessStep, StepCommand } from '../../contracts/process-step';
import type { ReportStepApplied } from '../../contracts/reports/report-activities';
import { byWorkflow } from '../../domain/actor';
import { openReportStates, type ReportFailure } from '../../domain/reports/report';
import type { Database } from '../../models/database';
import type { Report } from '../../models/reports/report';
import { applyStep, type StepInput } from '../apply-step';
import { findEntity } from '../find-entity';
import { deliverEnded } from './delivery/deliver-reports';
import { offeredFilesOf } from './offered-files';
import { endRun } from './schedules/end-run';
import { leaveSlot } from './slots';

export interface EndReportInput extends ProcessStep {
  database: Database;
  tenantId: string;
  reportId: string;
}

/** Returns the step of a report's process as applyStep takes it. */
export const stepOfReport = ({
  tenantId,
  reportId: entityId,
  chain,
  step,
  at,
}: Omit<EndReportInput, 'database'>): Omit<StepInput, 'from' | 'event'> => ({
  tenantId,
  entityType: 'report',
  entityId,
  chain,
  step,
  at,
  by: byWorkflow,
});

/** Completes a report: its files, which were read back, are offered from now on. */
export async function completeReport(input: EndReportInput): Promise<ReportStepApplied> {
  const { database, tenantId, reportId } = input;
  const report = await findEntity({ database, tenantId, entityType: 'report', entityId: reportId });
  const files = report.state === 'storing' ? await offeredFilesOf({ database, report }) : report.files;
  return end(input, {
    from: ['storing'],
    to: 'completed',
    set: { files },
    event: { type: 'report.completed', data: { formats: report.formats } },
  });
}

/** Ends a report that a fault stopped; nothing of it is offered. */
export const failReport = (input: EndReportInput & { failure: ReportFailure }): Promise<ReportStepApplied> =>
  end(input, {
    from: openReportStates,
    to: 'failed',
    set: { failure: input.failure, files: [] },
    event: { type: 'report.failed', data: { ...input.failure } },
  });

/** Ends a report that somebody cancelled. */
export const cancelReport = ({
  command,
  ...input
}: EndReportInput & { command?: StepCommand }): Promise<ReportStepApplied> =>
  end(
    { ...input, ...(command ? { step: commandStep(command.id) } : {}) },
    {
      from: openReportStates,
      to: 'cancelled',
      set: { files: [] },
      ...(command ? { by: command.by } : {}),
      event: { type: 'report.cancelled' },
    },
  );

/** What the end of a report changes of it. */
type ReportEnd = Pick<Report, 'files'> & Partial<Pick<Report, 'failure'>>;

async function end(
  { database, ...input }: EndReportInput,
  change: Pick<StepInput, 'from' | 'to' | 'event'> & Partial<Pick<StepInput, 'by'>> & { set: ReportEnd },
): Promise<ReportStepApplied> {
  const { tenantId, reportId } = input;
  const { state, at } = await applyStep(database, {
    ...stepOfReport(input),
    ...change,
    ...endOfReport({ database, tenantId, reportId, at: input.at, set: change.set }),
  });
  return { state: state as ReportStepApplied['state'], at };
}

/**
 * Returns what every step that ends a report does besides: the report leaves its place, its run has an outcome, and its
 * mails are ordered.
 */
export const endOfReport = ({
  database,
  tenantId,
  reportId,
  at,
  set,
}: Pick<EndReportInput, 'database' | 'tenantId' | 'reportId' | 'at'> & { set: ReportEnd }): Pick<
  StepInput,
  'set' | 'alongside'
> => ({
  set: { ...set, endedAt: new Date(at), waiting: false },
  alongside: async (session, endedAt) => {
    await leaveSlot({ database, session, tenantId, reportId });
    const outcome = await endRun({ database, session, tenantId, reportId, at: endedAt });
    await deliverEnded({ database, session, tenantId, reportId, isEmpty: outcome === 'empty', at: endedAt });
  },
});
