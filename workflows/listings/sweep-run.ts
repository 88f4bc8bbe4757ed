import { workflowInfo } from '@temporalio/workflow';
import type { SweepCursor, SweepPhase, SweepProgress } from '../../src/contracts/listings/expiration';
import type { OperationFailure, OperationState, SweepCounts } from '../../src/contracts/operation';

/** Some 50,000 listings; a run beyond that continues as new, although its history is not long yet. */
const PAGES_PER_RUN = 100;

/** The place that a sweep has reached, and its counts. Only the main loop changes them. */
export class SweepRun {
  state: OperationState = 'running';
  failure: OperationFailure | null = null;
  tenant = 0;
  phase: SweepPhase = 'expiry';
  after: SweepCursor | null = null;
  readonly counts: SweepCounts = { expired: 0, reminded: 0, ended: 0 };
  private pages = 0;

  constructor(progress?: SweepProgress) {
    if (!progress) return;
    Object.assign(this.counts, progress.counts);
    this.tenant = progress.tenant;
    this.phase = progress.phase;
    this.after = progress.after;
  }

  /** Adds the counts of a page and moves behind it. */
  add({ next, ...counts }: Partial<SweepCounts> & { next: SweepCursor | null }): void {
    this.counts.expired += counts.expired ?? 0;
    this.counts.reminded += counts.reminded ?? 0;
    this.counts.ended += counts.ended ?? 0;
    this.after = next;
    this.pages += 1;
  }

  toNotices(): void {
    this.phase = 'notices';
    this.after = null;
  }

  toNextTenant(): void {
    this.tenant += 1;
    this.phase = 'expiry';
    this.after = null;
  }

  /** The run has to continue as new at its next page. */
  get isLong(): boolean {
    return this.pages >= PAGES_PER_RUN || workflowInfo().continueAsNewSuggested;
  }

  progress(): SweepProgress {
    const { tenant, phase, after, counts } = this;
    return { tenant, phase, after, counts: { ...counts } };
  }

  status(): { state: OperationState; counts: SweepCounts } {
    return { state: this.state, counts: { ...this.counts } };
  }
}
