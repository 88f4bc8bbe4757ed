import type { ProcessStep } from '../../contracts/process-step';
import type { ReportBegun, ReportStepApplied } from '../../contracts/reports/report-activities';
import { hasReportEnded, type ReportState } from '../../domain/reports/report';
import { requireReportType } from '../../domain/reports/report-request';
import type { Database } from '../../models/database';
import { applyStep } from '../apply-step';
import { claimEntity } from '../claim-entity';
import { assembleReport } from './assemble-report';
import { stepOfReport } from './end-report';
import { endWaiting, takeSlot } from './slots';

export interface ReportStepInput extends ProcessStep {
  database: Database;
  tenantId: string;
  reportId: string;
}

/**
 * Makes a run the owner of a report, and begins to gather once one of the tenant's places is free. A report that a run
 * before has begun goes on from its state.
 * @throws DomainError `NOT_FOUND`, `ENTITY_NOT_OURS`
 */
export async function beginReport({ database, ...input }: ReportStepInput): Promise<ReportBegun> {
  const { tenantId, reportId, chain, at } = input;
  const report = await claimEntity({ database, tenantId, entityType: 'report', entityId: reportId, chain });
  const { sections } = requireReportType(report.type);
  const begun = { sections: [...sections], formats: report.formats };
  if (hasReportEnded(report.state)) return { ...begun, state: report.state, at, hasSlot: true };
  if (!(await takeSlot({ database, tenantId, reportId }))) return { ...begun, state: report.state, at, hasSlot: false };
  if (report.state !== 'accepted') {
    if (report.waiting) await endWaiting({ database, tenantId, reportId });
    return { ...begun, state: report.state, at, hasSlot: true };
  }
  const applied = await applyStep(database, {
    ...stepOfReport(input),
    from: ['accepted'],
    to: 'gathering',
    set: { waiting: false, 'progress.reached': 'gathering' satisfies ReportState },
    event: { type: 'report.started' },
  });
  return { ...begun, state: applied.state as ReportState, at: applied.at, hasSlot: true };
}

/** Puts the figures together once every section is gathered; the files can then be rendered. */
export async function finishGathering({ database, ...input }: ReportStepInput): Promise<ReportStepApplied> {
  const { tenantId, reportId } = input;
  const assembled = await assembleReport({ database, tenantId, reportId });
  const { state, at } = await applyStep(database, {
    ...stepOfReport(input),
    from: ['gathering'],
    to: 'rendering',
    set: { ...assembled, 'progress.section': null, 'progress.reached': 'rendering' satisfies ReportState },
    event: { type: 'report.gathered', data: { rows: assembled.rowCount } },
  });
  return { state: state as ReportState, at };
}
