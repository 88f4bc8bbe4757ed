import { allHandlersFinished, condition, patched, workflowInfo } from '@temporalio/workflow';
import { commandStep, type CommandInput } from '../../src/contracts/commands';
import { RENEWAL_ASKS_AGAIN_AFTER_MS } from '../../src/contracts/payments/payment';
import { commandOf, subscriptionRefusals } from '../../src/contracts/subscriptions/subscription';
import type {
  AppliedCommand,
  CancelSubscriptionInput,
  ChangePlanInput,
  PauseSubscriptionInput,
  SubscriptionInput,
  SubscriptionOutcome,
  SubscriptionRef,
  SubscriptionStatus,
  SubscriptionUpdate,
} from '../../src/contracts/subscriptions/subscription';
import type {
  SubscriptionMoved,
  SubscriptionStepInput,
} from '../../src/contracts/subscriptions/subscription-activities';
import { refuseCancelTerms, refuseSubscriptionCommand } from '../../src/domain/subscriptions/subscription';
import type { Refusal } from '../../src/domain/refusal';
import {
  nextDue,
  waitingForOf,
  type SubscriptionDue,
  type SubscriptionProgress,
} from '../../src/domain/subscriptions/subscription-progress';
import { CommandInbox, refusal, type QueuedCommand } from '../command-inbox';
import type { Charging } from './charging';

export type SubscriptionMessage = CommandInput &
  Partial<Omit<ChangePlanInput & PauseSubscriptionInput & CancelSubscriptionInput, keyof CommandInput>>;
export type QueuedSubscriptionCommand = QueuedCommand<SubscriptionUpdate, SubscriptionOutcome, SubscriptionMessage>;

/** Well below the server's own suggestion, so that a run stays quick to replay. */
const LONG_HISTORY = 2_000;
/** A repeat that comes this many commands later is answered from MongoDB before it gets here. */
const COMMANDS_REMEMBERED = 50;

const askAgainAtMs = (asked: number): number =>
  Date.now() + RENEWAL_ASKS_AGAIN_AFTER_MS[Math.min(asked, RENEWAL_ASKS_AGAIN_AFTER_MS.length) - 1]!;

/** What one run knows. Only the story changes it, one step at a time. */
export class SubscriptionRun {
  readonly inbox = new CommandInbox<SubscriptionUpdate, SubscriptionOutcome, SubscriptionMessage>((name, input) =>
    this.judge(name, input),
  );
  private readonly ref: SubscriptionRef;
  private readonly input: SubscriptionInput;
  private readonly applied: Map<string, SubscriptionOutcome>;
  progress: SubscriptionProgress | null = null;
  /** The charge under way. */
  charging: Charging | null = null;
  /** When a payment without a final answer is asked about again (ms), and how often it was. */
  askAtMs = 0;
  private asked = 0;
  /** How often the charge was found to be under way in a child of a run before this one. */
  private elsewhere = 0;
  /** There is news of a payment, not acted on yet. */
  private hasNews = false;
  private draining = false;
  /** While an update is validated, which a replay does not repeat. */
  private validating = false;
  /** Temporal itself cancelled the workflow. */
  interrupted = false;

  constructor(input: SubscriptionInput) {
    const { tenantId, subscriptionId, applied = [] } = input;
    this.input = input;
    this.ref = { tenantId, subscriptionId };
    this.applied = new Map(applied.map(({ commandId, outcome }) => [commandId, outcome]));
  }

  /** Every step's activity is told this: which subscription, which chain, which step, when. */
  step(name: string): SubscriptionStepInput {
    return { ...this.ref, chain: workflowInfo().firstExecutionRunId, step: name, at: new Date().toISOString() };
  }

  /** The step a command is recorded under, and the command. */
  commandStep({ commandId, by }: CommandInput) {
    return { ...this.step(commandStep(commandId)), command: { id: commandId, by } };
  }

  /**
   * Takes over where the subscription stands. The story and its charge are told side by side, so what is older may come
   * later.
   */
  learn(progress: SubscriptionProgress): void {
    if (this.progress === null || progress.version >= this.progress.version) this.progress = progress;
  }

  /** Records a step of the story's own. Commands that come meanwhile are judged when their turn comes. */
  async move(record: () => Promise<SubscriptionMoved>): Promise<void> {
    this.learn((await this.inbox.transit(record)).progress);
  }

  /** What a charge came to. A payment without a final answer is asked about again, after ever longer waits. */
  charged(progress: SubscriptionProgress): void {
    this.charging = null;
    this.elsewhere = 0;
    this.learn(progress);
    this.asked = this.progress?.charge?.status === 'pending' ? this.asked + 1 : 0;
    // At the deadline of its payment at the latest, which is given up then.
    const untilMs = Date.parse(this.progress?.charge?.until ?? '');
    this.askAtMs = this.asked > 0 ? Math.min(askAgainAtMs(this.asked), untilMs > Date.now() ? untilMs : Infinity) : 0;
  }

  /**
   * The child of a run before this one still charges: the charge is asked for again, as a payment without a final
   * answer is.
   */
  chargedElsewhere(): void {
    this.charging = null;
    this.elsewhere++;
    this.askAtMs = askAgainAtMs(this.elsewhere);
  }

  /** A payment that is pending is asked about now, or once more when the asking under way has ended. */
  paymentReported(): void {
    this.hasNews = true;
  }

  /**
   * Has the payment under way withdrawn: by the child that charges, and where that cannot, or none does, by asking
   * again at once.
   */
  withdraw(): void {
    const isOpen = this.charging !== null || this.progress?.charge?.status === 'pending';
    this.charging?.withdraw();
    if (isOpen && patched('withdraw-at-once')) this.paymentReported();
  }

  /**
   * The payment under way is not wanted any more once it has to be asked about: the charge under way may have been too
   * far to hear.
   */
  askAtOnce(): void {
    this.askAtMs = Date.now();
    if (this.charging && patched('withdraw-at-once')) this.paymentReported();
  }

  private hearNews(): void {
    if (!this.hasNews || this.charging) return;
    this.hasNews = false;
    if (this.progress?.charge?.status === 'pending') this.askAtMs = Date.now();
  }

  /** What the story waits for when no command comes: nothing while a charge is under way. */
  due(): { what: SubscriptionDue['what']; atMs: number } | null {
    if (this.charging || !this.progress) return null;
    const due = nextDue(this.progress);
    if (!due) return null;
    if (due.what === 'ask') return { what: 'ask', atMs: this.askAtMs };
    const cancelAtMs =
      due.what === 'cancel' && this.progress.charge?.status === 'pending' ? Date.parse(due.at ?? '') : null;
    // A payment that is pending is asked about as long as the cancel at the period's end has not come.
    if (cancelAtMs !== null && this.askAtMs < cancelAtMs) return { what: 'ask', atMs: this.askAtMs };
    const atMs = due.at === null ? 0 : Date.parse(due.at);
    // Not sooner than what runs elsewhere is asked for.
    return { what: due.what, atMs: due.what === 'charge' ? Math.max(atMs, this.askAtMs) : atMs };
  }

  /** Temporal's cancel stands out. Once the subscription is cancelled it is heard, and wakes the story no more. */
  get cancelIsDue(): boolean {
    return this.interrupted && this.progress?.state !== 'cancelled';
  }

  get isOver(): boolean {
    return this.progress?.state === 'cancelled' && this.progress.charge === null && !this.charging;
  }

  /** Time for a fresh start. Under a charge it waits: a running child would be terminated. */
  get isLong(): boolean {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    return (continueAsNewSuggested || historyLength > LONG_HISTORY) && !this.charging && !this.cancelIsDue;
  }

  /**
   * Takes no more commands, so that those at hand come to their end however fast others follow; whoever is turned away
   * asks again. True once nothing is left; nothing may be awaited then before the fresh start, or a command that comes
   * in between is lost.
   */
  async drained(): Promise<boolean> {
    this.draining = true;
    if (this.inbox.waiting) return false;
    await condition(allHandlersFinished);
    return !this.inbox.waiting && !this.cancelIsDue;
  }

  /** The input of the next run. */
  carriedOver(): SubscriptionInput {
    const applied: AppliedCommand[] = [...this.applied].map(([commandId, outcome]) => ({ commandId, outcome }));
    return { ...this.input, applied: applied.slice(-COMMANDS_REMEMBERED) };
  }

  remember(commandId: string, outcome: SubscriptionOutcome): void {
    this.applied.set(commandId, outcome);
  }

  answerOf({ commandId }: CommandInput): SubscriptionOutcome | undefined {
    return this.applied.get(commandId);
  }

  validate(name: SubscriptionUpdate, input: SubscriptionMessage): void {
    if (this.draining)
      throw refusal(subscriptionRefusals.startingAfresh, 'The process is starting afresh: ask again at once.');
    if (this.answerOf(input)) return;
    this.validating = true;
    try {
      this.inbox.validate(name, input);
    } finally {
      this.validating = false;
    }
  }

  take(name: SubscriptionUpdate, input: SubscriptionMessage): Promise<SubscriptionOutcome> {
    const earlier = this.answerOf(input);
    return earlier ? Promise.resolve(earlier) : this.inbox.take({ name, input });
  }

  status(): SubscriptionStatus {
    const { progress } = this;
    return {
      state: progress?.state ?? 'accepted',
      waiting: progress?.waiting ?? null,
      waitingFor: progress && waitingForOf(progress),
    };
  }

  /** Waits for a command, news of a payment, the end of the charge, or what is due. */
  async wait(untilMs: number | null): Promise<void> {
    const happened = () =>
      this.inbox.waiting || this.cancelIsDue || this.charging?.settled === true || (this.hasNews && !this.charging);
    const waitMs = untilMs === null ? null : untilMs - Date.now();
    if (waitMs === null) await condition(happened);
    else if (waitMs > 0) await condition(happened, waitMs);
    this.hearNews();
  }

  /** Why a command is not possible now; null when it is. */
  refusalOf(name: SubscriptionUpdate, input: SubscriptionMessage): Refusal | null {
    const { when, refund, resumeAt } = input;
    const { progress } = this;
    if (!progress) return null;
    // Also while a charge runs elsewhere, which may have led on without this run having heard of it.
    const invoiceOpen = this.charging !== null || progress.charge !== null || this.elsewhere > 0;
    const refused = refuseSubscriptionCommand({
      command: commandOf(name, { when }),
      standing: { state: progress.state, invoiceOpen, waiting: progress.waiting },
    });
    if (refused && !this.wasTakenBefore(name, refused)) return refused;
    if (name === 'resumeSubscription' && invoiceOpen)
      return {
        code: subscriptionRefusals.resuming,
        detail: 'The subscription is being resumed already: its charge is under way.',
      };
    if (name === 'cancelSubscription' && when && refund) return refuseCancelTerms({ when, refund });
    if (resumeAt !== undefined && Date.parse(resumeAt) <= Date.now()) {
      return {
        code: subscriptionRefusals.resumeInPast,
        detail: `resumeAt ${resumeAt} has passed: send a later instant, or leave it out.`,
        pointer: '/resumeAt',
      };
    }
    return null;
  }

  /**
   * A run of before has let a cancel at the period's end replace a change of plan that waited, and does so again when
   * it is replayed.
   */
  private wasTakenBefore(name: SubscriptionUpdate, { code }: Refusal): boolean {
    const isTold =
      name !== 'cancelSubscription' ||
      code !== 'CHANGE_WAITING' ||
      this.progress?.waiting !== 'change_plan' ||
      this.validating;
    return !isTold && !patched('a-waiting-change-is-undone-before-a-cancel');
  }

  /**
   * A charge under way may have led on already without the story having heard of it: commands are taken then, and
   * judged again when their turn comes.
   */
  private judge(name: SubscriptionUpdate, input: SubscriptionMessage): void {
    const refused = this.refusalOf(name, input);
    if (refused && (!this.charging || this.progress?.state === 'cancelled'))
      throw refusal(refused.code, refused.detail);
  }
}
