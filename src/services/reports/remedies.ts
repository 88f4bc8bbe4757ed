import { reportProcess } from '../../contracts/reports/process';
import { openReportStates, type ReportFailure } from '../../domain/reports/report';
import { applyStep } from '../apply-step';
import { aboutItem, findStuck, restartOf, type RemedyDependencies, type StuckRemedy } from '../operator/stuck-remedy';
import { recountDay } from './buckets/recount-day';
import { endOfReport } from './end-report';
import { giveUpFiles } from './files';
import { giveUpParts } from './parts';

const CLOSED: ReportFailure = {
  code: 'CLOSED_BY_OPERATOR',
  detail: 'An operator closed the report. Make it again.',
};

const reportRemedy = ({ database, workflows }: RemedyDependencies): StuckRemedy => ({
  /** Counts the day of recording again, where the item names one. */
  async restart(input) {
    const { kind, tenantId, entityId } = input.item;
    if (kind !== 'buckets_differ') return restartOf(database, reportProcess)(input);
    await recountDay({ database, session: input.session, tenantId, recordedDay: entityId });
  },

  /** Nothing of the report is offered; its parts are removed, and its files swept. */
  async close({ reason, ...input }) {
    await workflows.terminate({ workflowId: input.item.subject, reason: 'Closed by an operator' });
    const { _id: reportId, tenantId } = await findStuck({ database }, 'report', input);
    await applyStep(
      database,
      {
        ...aboutItem(input),
        step: `close/${input.item._id}`,
        from: openReportStates,
        to: 'failed',
        ...endOfReport({ database, tenantId, reportId, at: input.at, set: { failure: CLOSED, files: [] } }),
        event: { type: 'report.closed', data: { reason } },
      },
      input.session,
    );
    const made = { database, tenantId, reportId, session: input.session };
    await giveUpFiles(made);
    await giveUpParts(made);
  },
});

export const reportRemedies = (dependencies: RemedyDependencies) => ({ report: reportRemedy(dependencies) });
