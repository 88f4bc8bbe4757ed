import { byWorkflow } from '../../src/domain/actor';
import type { CommandInput } from '../../src/contracts/commands';
import type { ReviewCommand, ReviewOutcome, ReviewProgress, ReviewRef } from '../../src/contracts/listings/review';
import type { ReviewStatus } from '../../src/contracts/listings/review';
import type { ReviewStepApplied } from '../../src/contracts/listings/review-activities';
import {
  hasReviewEnded,
  isReviewer,
  rejectionReasonOf,
  reviewTimes,
  reviewWaitsFor,
  type RejectionReason,
  type StoredReviewState,
} from '../../src/domain/listings/review';
import { refusal, type QueuedCommand } from '../command-inbox';
import { ProcessRun } from '../process-run';

/** A command, a decision that came as a signal, or the wake-up after the api has ended the review. */
export interface ReviewMessage extends CommandInput {
  reviewer?: string;
  reason?: RejectionReason;
}
export type ReviewMessageName = ReviewCommand | 'reviewEnded';
export type QueuedReviewCommand = QueuedCommand<ReviewMessageName, ReviewOutcome, ReviewMessage>;

const REVIEW_NOT_OPEN = 'REVIEW_NOT_OPEN';

/** Texts of the refusals; none names a person, because a refusal is history. */
const refusals: Record<string, string> = {
  [REVIEW_NOT_OPEN]: 'The review has ended and takes no decision',
  REVISION_CHANGED: 'The listing was edited meanwhile, and another revision is under review',
  REVIEWER_MISSING: 'The decision names no reviewer',
  REVIEWER_IS_AUTHOR: 'The reviewer submitted or owns the listing; another one must decide',
  REVIEW_CLAIMED: 'Another reviewer has claimed the review',
};

/** The state of one run of `listingApproval`. */
export class ReviewRun extends ProcessRun<ReviewRef, ReviewMessageName, ReviewOutcome, ReviewMessage> {
  state: StoredReviewState = 'checking';
  queuedAtMs = Date.now();
  /** The instant from which the silence counts. */
  escalatedAtMs: number | null = null;
  /**
   * The instant until which a review on which nobody decided is held; `Infinity` where the partner's setting is to
   * wait.
   */
  heldUntilMs = 0;
  /** The listing is approved, and not yet in the search index. */
  isPublishing = false;
  private signals = 0;

  /** Takes over the progress that earlier runs have recorded. */
  resume({ state, queuedAt, escalatedAt }: ReviewProgress): void {
    this.state = state;
    this.queuedAtMs = Date.parse(queuedAt);
    this.escalatedAtMs = escalatedAt === null ? null : Date.parse(escalatedAt);
    this.inbox.open();
  }

  get hasEnded(): boolean {
    return hasReviewEnded(this.state);
  }

  /** The next deadline in milliseconds; `Infinity` where the review waits for people alone. */
  get untilMs(): number {
    if (this.state === 'queued') return this.queuedAtMs + reviewTimes.escalatesAfterMs;
    if (this.state !== 'escalated') return Infinity;
    return Math.max((this.escalatedAtMs ?? Date.now()) + reviewTimes.silenceAfterMs, this.heldUntilMs);
  }

  /** Records a step, takes over the state that it left, and answers the sender of a command that caused it. */
  async apply<Applied extends ReviewStepApplied>(
    record: () => Promise<Applied>,
    command?: QueuedReviewCommand,
  ): Promise<Applied> {
    const applied = await this.inbox.transit(record);
    const { state, at, problem } = applied;
    this.state = state;
    if (command && problem !== null) command.refusal = refusalOf(problem);
    else if (command) command.outcome = { state, at };
    return applied;
  }

  /** For signals, which nobody answers. */
  queueSignal(name: ReviewMessageName, message: Omit<ReviewMessage, keyof CommandInput> = {}): void {
    this.signals += 1;
    const by = { ...byWorkflow, ...(message.reviewer === undefined ? {} : { kind: 'reviewer' as const }) };
    this.take(name, { commandId: `signal/${this.signals}`, by, ...message }).catch(() => undefined);
  }

  /** For a decision that came as a signal, which anybody may have sent: one that names no reviewer is ignored. */
  queueDecision(name: 'approveListing' | 'rejectListing', decision: unknown): void {
    const { reviewer, reason } = (decision ?? {}) as Record<string, unknown>;
    if (!isReviewer(reviewer)) return;
    this.queueSignal(name, {
      reviewer,
      ...(name === 'rejectListing' ? { reason: rejectionReasonOf(reason) } : {}),
    });
  }

  status(): ReviewStatus {
    const what = reviewWaitsFor({ state: this.state, isPublishing: this.isPublishing });
    const until = Number.isFinite(this.untilMs) ? new Date(this.untilMs).toISOString() : null;
    return { state: this.state, waitingFor: what === null ? null : { what, until } };
  }

  protected override requirePossible(): void {
    if (this.hasEnded) throw refusalOf(this.state === 'superseded' ? 'REVISION_CHANGED' : REVIEW_NOT_OPEN);
  }
}

const refusalOf = (problem: string): Error => refusal(problem, refusals[problem] ?? problem);
