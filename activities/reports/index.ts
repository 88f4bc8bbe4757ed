import { log } from '@temporalio/activity';
import type { ActivityDependencies } from '../dependencies';
import { untilGivenUp } from './until-given-up';
import type {
  EndReportInput,
  FailReportInput,
  GatherInput,
  GenerateInput,
  ReportBegun,
  ReportStepApplied,
  ReportStepInput,
} from '../../src/contracts/reports/report-activities';
import type { DailyReportInput } from '../../src/contracts/reports/daily-report';
import type {
  BackfillStep,
  DueReportsInput,
  DueReportsPage,
  FailBackfillInput,
} from '../../src/contracts/reports/report-schedules';
import { failureOf } from '../../src/domain/reports/report-failure';
import { createClock } from '../../src/services/clock';
import { acceptDailyReport } from '../../src/services/reports/accept-daily-report';
import { beginReport, finishGathering } from '../../src/services/reports/advance-report';
import { mendRemadeFiles } from '../../src/services/reports/damaged-files';
import { discardReport } from '../../src/services/reports/discard-report';
import { cancelReport, completeReport, failReport } from '../../src/services/reports/end-report';
import { gatherSection } from '../../src/services/reports/gather-section';
import { generateFile } from '../../src/services/reports/generate-file';
import { checkFiles } from '../../src/services/reports/check-files';
import { acceptDueReports } from '../../src/services/reports/schedules/accept-due-reports';
import { failBackfill } from '../../src/services/reports/schedules/backfill-operation';
import { backfillReports } from '../../src/services/reports/schedules/backfill-reports';
import { removeParts } from '../../src/services/reports/parts';

/**
 * The steps of a report. Each may run any number of times: what is written has a key of its own, and what is there is
 * not made again.
 */
export const createReportsActivities = ({ database, fileStore, renderReport }: ActivityDependencies) => ({
  /**
   * Makes this run the owner of the report, and begins it once one of the tenant's places is free.
   * @throws DomainError `NOT_FOUND` for a run that no report has started, `ENTITY_NOT_OURS`
   */
  beginReport: (input: ReportStepInput): Promise<ReportBegun> => beginReport({ database, ...input }),

  /** Gathers a section; after the last one the figures are put together. */
  gatherAnalytics: ({ section, isLast, ...input }: GatherInput): Promise<ReportStepApplied> =>
    untilGivenUp(async ({ requireWanted }) => {
      await gatherSection({ database, ...input, section, onPage: requireWanted });
      return isLast ? finishGathering({ database, ...input }) : { state: 'gathering', at: input.at };
    }),

  /** Renders the report in one format and writes the file, which is not offered yet. */
  generateReport: (input: GenerateInput): Promise<void> =>
    untilGivenUp(({ signal }) => generateFile({ database, fileStore, renderReport, ...input, signal })),

  /**
   * Reads every file back as it was written.
   * @throws DomainError `FILE_DAMAGED`
   */
  storeReport: (input: ReportStepInput): Promise<void> =>
    untilGivenUp(({ requireWanted }) => checkFiles({ database, fileStore, ...input, onPiece: requireWanted })),

  /** Completes the report: from then on its files are offered. */
  async logReportGeneration(input: ReportStepInput): Promise<ReportStepApplied> {
    const { state, at } = await completeReport({ database, ...input });
    await removeParts({ database, tenantId: input.tenantId, reportId: input.reportId });
    await mendRemadeFiles({ database, tenantId: input.tenantId, reportId: input.reportId });
    return { state, at };
  },

  failReport: ({ reason, ...input }: FailReportInput): Promise<ReportStepApplied> =>
    failReport({ database, ...input, failure: failureOf(reason) }),

  cancelReport: (input: EndReportInput): Promise<ReportStepApplied> => cancelReport({ database, ...input }),

  /** Removes the parts and files of a report that was cancelled or has failed. */
  discardReportFiles: ({ tenantId, reportId }: ReportStepInput): Promise<void> =>
    discardReport({ database, fileStore, tenantId, reportId }),

  /** Accepts the reports of one page of the schedules that are due. */
  acceptDueReports: ({ at, after }: DueReportsInput): Promise<DueReportsPage> =>
    untilGivenUp(({ requireWanted }) =>
      acceptDueReports({
        database,
        at: new Date(at),
        after,
        onSchedule: requireWanted,
        onFailure: (failure) => log.error('A schedule of reports could not be swept', failure),
      }),
    ),

  /**
   * Accepts the missing reports of a backfill, and returns their number.
   * @throws DomainError `NOT_FOUND`, `ENTITY_NOT_OURS`
   */
  backfillReports: (step: BackfillStep): Promise<number> =>
    untilGivenUp(({ requireWanted }) => backfillReports({ database, ...step, onWindow: requireWanted })),

  /** Ends a backfill that cannot go on. */
  async failBackfill(input: FailBackfillInput): Promise<void> {
    await failBackfill({ database, ...input, at: await createClock({ database }).now(input.tenantId) });
  },

  /** Accepts the summary of a day, once for a run. Returns the report's id. */
  acceptDailyReport: (input: DailyReportInput & { runId: string }): Promise<string> =>
    acceptDailyReport({ database, ...input }),
});
