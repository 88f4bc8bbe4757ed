import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  allHandlersFinished,
  condition,
  setHandler,
} from '@temporalio/workflow';
import * as contract from '../../src/contracts/reports/report';
import type { AnalyticsReportInput } from '../../src/contracts/reports/report';
import type { ReportState } from '../../src/domain/reports/report';
import { failureType, handleCancel, isCancelled, isNotOurs } from '../process-run';
import {
  beginReport,
  cancelReport,
  discardReportFiles,
  failReport,
  gatherAnalytics,
  generateReport,
  logReportGeneration,
  storeReport,
} from './activities';
import { ReportRun } from './report-run';

/** A wake-up may be lost; a report that waits then asks again by itself. */
const ASK_AGAIN = '1 hour';

/**
 * Makes a report: gathers its sections, renders its files from the same rows and figures, reads the files back, and
 * offers them. Runs in real time, also in a sandbox.
 *
 * `completed`, `failed` and `cancelled` are normal endings. A run that an operator started goes on from the report's
 * present state; parts and files that are there are not made again.
 * @throws ApplicationFailure `INVALID_INPUT` for a start by hand that names no report
 */
export async function analyticsReport(input?: AnalyticsReportInput): Promise<ReportState> {
  requireIds(input);
  const { tenantId, reportId, offsetMs } = input;
  const mainLoop = new CancellationScope();
  const run = new ReportRun({ tenantId, reportId }, offsetMs, mainLoop);
  setHandler(contract.getState, () => run.status());
  setHandler(contract.reportSlotFree, () => {
    run.isWoken = true;
  });
  handleCancel(run, contract.cancelReport);

  try {
    await mainLoop.run(() => makeReport(run));
  } catch (error) {
    if (isNotOurs(error)) throw error;
    await CancellationScope.nonCancellable(() => undo(run, isCancelled(error, mainLoop) ? null : failureType(error)));
  }
  return CancellationScope.nonCancellable(async () => {
    run.inbox.refuseTheRest(`The report is ${run.state}`);
    await condition(allHandlersFinished);
    return run.state;
  });
}

function requireIds(input: Partial<AnalyticsReportInput> | null = {}): asserts input is AnalyticsReportInput {
  if (typeof input?.tenantId === 'string' && typeof input.reportId === 'string') return;
  throw ApplicationFailure.nonRetryable('The input must name a tenantId and a reportId', 'INVALID_INPUT');
}

async function makeReport(run: ReportRun): Promise<void> {
  const { sections, formats } = await begin(run);
  if (run.hasEnded) return;
  if (run.state === 'gathering') {
    for (const [index, section] of sections.entries())
      run.state = (
        await gatherAnalytics({ ...run.step('gather'), section, isLast: index === sections.length - 1 })
      ).state;
  }
  if (run.state === 'rendering') {
    for (const format of formats) await generateReport({ ...run.step('generate'), format });
    run.state = 'storing';
  }
  await storeReport(run.step('store'));
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('Cancelled before the end');
  run.isEnding = true;
  await CancellationScope.nonCancellable(async () => {
    run.state = (await logReportGeneration(run.step('complete'))).state;
  });
}

/** Waits for one of the tenant's places, and begins. */
async function begin(run: ReportRun) {
  for (;;) {
    run.isWoken = false;
    // Even a run that was cancelled before its start must own the report before it may end the report.
    const begun = await CancellationScope.nonCancellable(() => beginReport(run.step('begin')));
    run.state = begun.state;
    run.inbox.open();
    if (begun.hasSlot) return begun;
    run.isWaiting = true;
    await condition(() => run.isWoken, ASK_AGAIN);
    run.isWaiting = false;
  }
}

/** Ends a report that was cancelled or has failed, and removes what was made of it. */
async function undo(run: ReportRun, reason: string | null): Promise<void> {
  run.isWaiting = false;
  run.isEnding = true;
  const { cancel } = run;
  const step = run.step(reason === null ? 'cancel' : 'fail');
  const applied =
    reason === null
      ? await cancelReport({
          ...step,
          ...(cancel ? { command: { id: cancel.input.commandId, by: cancel.input.by } } : {}),
        })
      : await failReport({ ...step, reason });
  run.state = applied.state;
  if (cancel && reason === null) cancel.outcome = { state: applied.state, at: applied.at };
  await discardReportFiles(step);
}
