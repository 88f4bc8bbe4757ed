import type { CancellationScope } from '@temporalio/workflow';
import type { ReportCommand, ReportOutcome, ReportRef, ReportStatus } from '../../src/contracts/reports/report';
import { hasReportEnded, type ReportState } from '../../src/domain/reports/report';
import { refusal } from '../command-inbox';
import { InterruptibleRun, stepOf } from '../process-run';

const REPORT_ENDED = 'REPORT_ENDED';

/** The state of one run of `analyticsReport`. */
export class ReportRun extends InterruptibleRun<ReportRef, ReportCommand, ReportOutcome> {
  state: ReportState = 'accepted';
  /** Waits for one of the tenant's places. */
  isWaiting = false;
  /** Set by whoever left a place. */
  isWoken = false;
  /** The end is being recorded, so a cancel comes too late. */
  isEnding = false;

  constructor(
    ref: ReportRef,
    private readonly offsetMs: number,
    mainLoop: CancellationScope,
  ) {
    super(ref, mainLoop);
  }

  /** The report runs in real time; its events carry the tenant's. */
  override step(name: string) {
    const step = stepOf(this.ref, name);
    return { ...step, at: new Date(Date.parse(step.at) + this.offsetMs).toISOString() };
  }

  get hasEnded(): boolean {
    return hasReportEnded(this.state);
  }

  status(): ReportStatus {
    return { state: this.state, waitingFor: this.isWaiting ? { what: 'slot', until: null } : null };
  }

  requireCancellable(): void {
    if (this.hasEnded || this.isEnding || this.cancel)
      throw refusal(
        REPORT_ENDED,
        `The report is ${this.cancel ? 'being cancelled' : this.isEnding ? 'ending' : this.state}`,
      );
  }

  protected override requirePossible(): void {
    this.requireCancellable();
  }
}
