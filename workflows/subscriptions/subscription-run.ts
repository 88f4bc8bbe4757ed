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
  changeDues,
  nextDue,
  waitingForOf,
  type ChangeDue,
  type SubscriptionDue,
  type SubscriptionProgress,
} from '../../src/domain/subscriptions/subscription-progress';
import { refusal } from '../command-inbox';
import { ProcessRun } from '../process-run';
import { AppliedCommands } from './applied-commands';
import { ChargeSlots } from './charge-slots';
import type { ChargeTracker, OpenCharge } from './charge-tracker';
import { refuseCommand } from './refuse-command';
import type { QueuedSubscriptionCommand, SubscriptionMessage } from './subscription-message';

/** Events in a history; well below the server's own suggestion, so that a run stays quick to replay. */
const LONG_HISTORY = 2_000;

/** The next step of a run and its time, in milliseconds. */
export type DueStep =
  | { what: SubscriptionDue['what']; atMs: number }
  | { what: ChangeDue['what']; change: ChangeDue; atMs: number };

/** The state of one run of `subscription`. */
export class SubscriptionRun extends ProcessRun<
  SubscriptionRef,
  SubscriptionUpdate,
  SubscriptionOutcome,
  SubscriptionMessage
> {
  readonly charges = new ChargeSlots();
  readonly applied: AppliedCommands;
  /** Null until this run has read the progress. */
  progress: SubscriptionProgress | null = null;
  /** True when Temporal itself cancelled the workflow. */
  interrupted = false;
  /** The command that waits for the outcome of the change whose payment it has withdrawn. */
  held: QueuedSubscriptionCommand | null = null;
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

  /** Takes over the results of ended charges. Throws the error of a failed charge. */
  takeChargeResults(): void {
    for (const { slot } of this.charges.all(this.progress)) {
      if (slot.current?.settled && !slot.current.elsewhere && slot.current.progress === null) throw slot.current.error;
      if (slot.current?.progress) this.learn(slot.current.progress);
    }
    for (const { slot, open } of this.charges.all(this.progress)) endCharge(slot, open);
    if (this.progress) this.charges.forgetSettled(this.progress);
  }

  /** Returns the next due step and its time; null when nothing is due. A slot that is charging has no due step. */
  due(): DueStep | null {
    const dues = [...this.changeDues(), ...this.periodDues()];
    return dues.reduce<DueStep | null>((first, due) => (first && first.atMs <= due.atMs ? first : due), null);
  }

  /** Returns the next steps of changes of plan. A change whose time is over is given up before anything else. */
  private changeDues(): DueStep[] {
    const dues = (this.progress ? changeDues(this.progress) : []).flatMap((change) => {
      const { what, at, invoiceId } = change;
      const slot = this.charges.ofChange(invoiceId);
      if (at !== null) return [{ what, change, atMs: Date.parse(at) }];
      return slot.current ? [] : [{ what, change, atMs: slot.queryAtMs }];
    });
    const expired = dues.filter(({ what, atMs }) => what === 'expire_change' && atMs <= Date.now());
    return expired.length > 0 ? expired : dues;
  }

  private periodDues(): DueStep[] {
    const due = this.periodDue();
    return due ? [due] : [];
  }

  private periodDue(): DueStep | null {
    if (this.charges.period.current || !this.progress) return null;
    const due = nextDue(this.progress);
    if (!due) return null;
    const { queryAtMs } = this.charges.period;
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
    const happened = () => this.hasCommand || this.cancelIsDue || this.charges.needsAttention;
    const waitMs = untilMs === null ? null : untilMs - Date.now();
    if (waitMs === null) await condition(happened);
    else if (waitMs > 0) await condition(happened, waitMs);
    for (const { slot, open } of this.charges.all(this.progress)) slot.takeWakeUp(open);
  }

  /** True when a command can be applied: a held one, whose change is settled, comes before all others. */
  private get hasCommand(): boolean {
    return this.held ? this.progress?.pendingChange === null : this.inbox.waiting;
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
    const { charge, withdrawnCharges } = this.progress ?? {};
    const isSettled = charge === null && withdrawnCharges?.length === 0;
    return this.ended !== null && isSettled && !this.charges.isCharging;
  }

  /** The workflow's result. */
  get ending(): EndedSubscriptionState {
    return this.ended ?? 'cancelled';
  }

  /**
   * True when the run should continue as new. Never during a charge, whose child would be terminated, nor while a
   * command waits for an outcome.
   */
  get isLong(): boolean {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    const isBusy = this.charges.isCharging || this.held !== null || this.cancelIsDue;
    return (continueAsNewSuggested || historyLength > LONG_HISTORY) && !isBusy;
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
    if (refused && (!this.charges.period.current || this.ended)) throw refusal(refused.code, refused.detail);
  }
}

/** Records the end of a charge whose result is taken over. */
function endCharge(slot: ChargeTracker, open: OpenCharge | null): void {
  if (!slot.current?.settled) return;
  if (slot.current.elsewhere) slot.endedElsewhere();
  else slot.ended(open);
}
