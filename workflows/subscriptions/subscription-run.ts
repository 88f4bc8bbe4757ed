import { allHandlersFinished, condition, workflowInfo } from '@temporalio/workflow';
import { subscriptionRefusals } from '../../src/contracts/subscriptions/subscription';
import type {
  SubscriptionInput,
  SubscriptionOutcome,
  SubscriptionRef,
  SubscriptionStatus,
  SubscriptionUpdate,
} from '../../src/contracts/subscriptions/subscription';
import type { SubscriptionMoved } from '../../src/contracts/subscriptions/subscription-activities';
import { hasEnded, type EndedSubscriptionState } from '../../src/domain/subscriptions/subscription';
import {
  nextDue,
  waitingForOf,
  type SubscriptionDue,
  type SubscriptionProgress,
} from '../../src/domain/subscriptions/subscription-progress';
import { refusal } from '../command-inbox';
import { ProcessRun } from '../process-run';
import { AppliedCommands } from './applied-commands';
import { ChargeTracker } from './charge-tracker';
import { refuseCommand } from './refuse-command';
import type { SubscriptionMessage } from './subscription-message';

/** Events in a history; well below the server's own suggestion, so that a run stays quick to replay. */
const LONG_HISTORY = 2_000;

/** The state of one run of `subscription`. */
export class SubscriptionRun extends ProcessRun<
  SubscriptionRef,
  SubscriptionUpdate,
  SubscriptionOutcome,
  SubscriptionMessage
> {
  readonly charges = new ChargeTracker();
  readonly applied: AppliedCommands;
  /** Null until this run has read the progress. */
  progress: SubscriptionProgress | null = null;
  /** True when Temporal itself cancelled the workflow. */
  interrupted = false;
  private draining = false;

  constructor(private readonly input: SubscriptionInput) {
    const { tenantId, subscriptionId } = input;
    super({ tenantId, subscriptionId });
    this.applied = new AppliedCommands(input.applied);
  }

  /** Takes over a newer progress. The main loop and the charge report concurrently, so an older one may come later. */
  learn(progress: SubscriptionProgress): void {
    if (this.progress === null || progress.version >= this.progress.version) this.progress = progress;
  }

  /** Records a step of the main loop. Commands that arrive meanwhile are checked when their turn comes. */
  async move(record: () => Promise<SubscriptionMoved>): Promise<void> {
    this.learn((await this.inbox.transit(record)).progress);
  }

  /** Takes over the result of an ended charge. Throws the error of a failed charge. */
  takeChargeResult(): void {
    const { current } = this.charges;
    if (!current?.settled) return;
    if (current.elsewhere) {
      this.charges.endedElsewhere();
      return;
    }
    if (current.progress === null) throw current.error;
    this.learn(current.progress);
    this.charges.ended(this.progress!.charge);
  }

  /** Returns the next due step and its time; null when nothing is due or a charge is under way. */
  due(): { what: SubscriptionDue['what']; atMs: number } | null {
    if (this.charges.current || !this.progress) return null;
    const due = nextDue(this.progress);
    if (!due) return null;
    const { queryAtMs } = this.charges;
    if (due.what === 'query_payment') return { what: 'query_payment', atMs: queryAtMs };
    const atMs = due.at === null ? 0 : Date.parse(due.at);
    // A pending payment is queried until the cancel at the period's end, or the end of the first charge.
    const isPending = this.progress.charge?.status === 'pending';
    if (isPending && queryAtMs < atMs) return { what: 'query_payment', atMs: queryAtMs };
    // A charge that runs elsewhere is not retried sooner.
    return { what: due.what, atMs: due.what === 'charge' ? Math.max(atMs, queryAtMs) : atMs };
  }

  /** Waits for a command, a wake-up, the end of the charge, or `untilMs`. */
  async wait(untilMs: number | null): Promise<void> {
    const happened = () => this.inbox.waiting || this.cancelIsDue || this.charges.needsAttention;
    const waitMs = untilMs === null ? null : untilMs - Date.now();
    if (waitMs === null) await condition(happened);
    else if (waitMs > 0) await condition(happened, waitMs);
    this.charges.takeWakeUp(this.progress?.charge ?? null);
  }

  /** The state in which the subscription has ended; null before. */
  private get ended(): EndedSubscriptionState | null {
    const state = this.progress?.state;
    return state && hasEnded(state) ? state : null;
  }

  /** True from Temporal's cancel until the subscription has ended. */
  get cancelIsDue(): boolean {
    return this.interrupted && this.ended === null;
  }

  get isOver(): boolean {
    return this.ended !== null && this.progress?.charge === null && !this.charges.current;
  }

  /** The workflow's result. */
  get ending(): EndedSubscriptionState {
    return this.ended ?? 'cancelled';
  }

  /** True when the run should continue as new. Never during a charge: its child would be terminated. */
  get isLong(): boolean {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    return (continueAsNewSuggested || historyLength > LONG_HISTORY) && !this.charges.current && !this.cancelIsDue;
  }

  /**
   * Refuses new commands, so that the inbox empties however fast others follow; the api sends the refused ones again.
   * Returns true once the inbox is empty. Do not await anything between that and the continue-as-new, or a command is
   * lost.
   */
  async drained(): Promise<boolean> {
    this.draining = true;
    if (this.inbox.waiting) return false;
    await condition(allHandlersFinished);
    return !this.inbox.waiting && !this.cancelIsDue;
  }

  /** Returns the input of the next run. */
  carriedOver(): SubscriptionInput {
    return { ...this.input, applied: this.applied.latest() };
  }

  override validate(name: SubscriptionUpdate, input: SubscriptionMessage): void {
    if (this.draining)
      throw refusal(subscriptionRefusals.continuingAsNew, 'The process is continuing as new: send the command again.');
    if (!this.applied.outcomeOf(input.commandId)) super.validate(name, input);
  }

  override async take(name: SubscriptionUpdate, input: SubscriptionMessage): Promise<SubscriptionOutcome> {
    return this.applied.outcomeOf(input.commandId) ?? super.take(name, input);
  }

  status(): SubscriptionStatus {
    const { progress } = this;
    return {
      state: progress?.state ?? 'accepted',
      waiting: progress?.waiting ?? null,
      waitingFor: progress && waitingForOf(progress),
    };
  }

  /**
   * Accepts commands during a charge, which may have moved the subscription already: they are checked when their turn
   * comes.
   */
  protected override requirePossible(name: SubscriptionUpdate, input: SubscriptionMessage): void {
    const refused = refuseCommand(this, name, input);
    if (refused && (!this.charges.current || this.ended)) throw refusal(refused.code, refused.detail);
  }
}
