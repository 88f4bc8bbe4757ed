import { workflowInfo, type CancellationScope } from '@temporalio/workflow';
import { ILLEGAL_STATE, type CommandInput } from '../../src/contracts/commands';
import { paymentRefusals } from '../../src/contracts/payments/payment';
import type {
  CapturePaymentInput,
  PaymentOutcome,
  PaymentProgress,
  PaymentRef,
  PaymentStatus,
  PaymentUndoing,
  ProcessPaymentInput,
  ProcessPaymentResult,
  ReviewPaymentInput,
  RunningPaymentCommand,
} from '../../src/contracts/payments/payment';
import type { PaymentStepInput, UpdatePaymentStatusInput } from '../../src/contracts/payments/payment-activities';
import {
  endedPaymentStates,
  positionOf,
  settledPaymentStates,
  standingOf,
  type CaptureMode,
  type GatewayCall,
  type PaymentPosition,
  type PaymentPurpose,
  type PaymentState,
} from '../../src/domain/payments/payment';
import { meaningOfCancel, refusePaymentCommand } from '../../src/domain/payments/payment-commands';
import { refusal, type QueuedCommand } from '../command-inbox';
import { InterruptibleRun } from '../process-run';
import { updatePaymentStatus } from './activities';
import { WakeUp, type WakeUpWaitInput } from './wake-up';

export type PaymentMessage = CommandInput | CapturePaymentInput | ReviewPaymentInput;
export type QueuedPaymentCommand = QueuedCommand<RunningPaymentCommand, PaymentOutcome, PaymentMessage>;

type PaymentMove = Pick<UpdatePaymentStatusInput, 'to' | 'reason' | 'captureMinor' | 'capturedMinor'> & {
  untilMs?: number;
};

/** The state of one run of `processPayment`. */
export class PaymentRun extends InterruptibleRun<PaymentRef, RunningPaymentCommand, PaymentOutcome, PaymentMessage> {
  /** True when the run must not wait on business time; see `ProcessPaymentInput`. */
  readonly renewal: boolean;
  readonly wakeUp = new WakeUp();
  capture: CaptureMode = 'automatic';
  purpose: PaymentPurpose = 'initial';
  state: PaymentState = 'accepted';
  unknownCall: GatewayCall | null = null;
  /** Time at which the payment entered its state, in milliseconds. */
  sinceMs = Date.now();
  untilMs: number | null = null;
  reason: string | null = null;
  undoing: PaymentUndoing | null = null;
  /** True when the fraud rules and the card check have passed. */
  checked = false;
  /** Time 24 hours after the first attempt of the call under way, in milliseconds; null if unknown. */
  overdueAtMs: number | null = null;
  /** True when the payment is on the operator's list. */
  reported = false;
  /** The state that the partner was last notified of. */
  notified: PaymentState = 'validating';
  /** False until this run has read the payment's progress. */
  resumed = false;
  /** True when the main loop has ended: commands that arrive now are too late. */
  ending = false;
  private run = 1;
  private readonly rounds = new Map<GatewayCall, number>();
  private readonly occurrences = new Map<string, number>();

  constructor({ tenantId, paymentId, renewal }: ProcessPaymentInput, mainLoop: CancellationScope) {
    super({ tenantId, paymentId }, mainLoop);
    this.renewal = renewal === true;
  }

  /** Takes over the progress that earlier runs have recorded. */
  resume({ since, until, ...progress }: PaymentProgress): void {
    Object.assign(this, progress);
    this.sinceMs = Date.parse(since);
    this.untilMs = until === null ? null : Date.parse(until);
    this.notified = this.state;
    this.resumed = true;
    this.inbox.open();
  }

  get position(): PaymentPosition {
    return positionOf(this);
  }

  get isSettled(): boolean {
    return settledPaymentStates.includes(this.state);
  }

  get shouldContinueAsNew(): boolean {
    const cancelWaits = this.cancel !== null && this.cancel.outcome === undefined;
    return workflowInfo().continueAsNewSuggested && !this.renewal && !this.inbox.waiting && !cancelWaits;
  }

  /**
   * Returns the input of a step's activity. Steps may repeat, so the name has the run and the occurrence in that run.
   */
  override step(name: string): PaymentStepInput {
    const occurrence = (this.occurrences.get(name) ?? 0) + 1;
    this.occurrences.set(name, occurrence);
    return super.step(`${name}/${this.run}${occurrence === 1 ? '' : `.${occurrence}`}`);
  }

  /** Records a move to another state, then makes the move. With a command, answers the sender. */
  async move({ untilMs, ...move }: PaymentMove, command?: QueuedPaymentCommand | null): Promise<undefined> {
    const until = untilMs === undefined ? null : new Date(untilMs).toISOString();
    const step = command ? this.commandStep(command.input) : this.step(move.to.replace('/', '-'));
    try {
      const { at, reason } = await this.inbox.transit(() => updatePaymentStatus({ ...step, ...move, until }));
      this.moved(move.to, untilMs);
      this.reason = reason ?? move.reason ?? null;
      if (command) command.outcome = { state: this.state, at };
    } catch (error) {
      // A cancel that arrived meanwhile ends the step. Without an answer neither the command's handler nor the workflow
      // would ever finish.
      if (command)
        command.refusal = refusal(ILLEGAL_STATE, `The payment was changed before ${command.name} was recorded`);
      throw error;
    }
  }

  /** Takes over the position that an activity has recorded. */
  moved(position: PaymentPosition, untilMs: number | null = null): void {
    if (position === this.position) return;
    Object.assign(this, standingOf(position));
    this.sinceMs = Date.now();
    this.untilMs = untilMs;
    // The step that settles a payment notifies the partner too.
    if (this.isSettled) this.notified = this.state;
  }

  /** Returns the number of the next wait for a call's outcome. It keeps counting when the call is sent again. */
  nextRound(call: GatewayCall): number {
    const round = (this.rounds.get(call) ?? 0) + 1;
    this.rounds.set(call, round);
    return round;
  }

  /** Stores the deadline of a call without an outcome, as the activity returned it. */
  noteOverdue({ overdueAt }: { overdueAt?: string }): void {
    this.overdueAtMs = overdueAt === undefined ? null : Date.parse(overdueAt);
  }

  /**
   * Waits for the gateway's webhook or the next round; returns true for a webhook, after which rounds are counted anew.
   * Applies no commands, so late ones are refused first.
   */
  async waitForGateway(wait: WakeUpWaitInput): Promise<boolean> {
    this.inbox.refuseImpossible();
    const isWokenUp = await this.wakeUp.wait(wait);
    if (isWokenUp) this.rounds.clear();
    return isWokenUp;
  }

  status(): PaymentStatus {
    const { state, unknownCall, capture } = this;
    const waits = {
      review: 'review',
      requires_action: 'customer',
      unknown: 'gateway',
      authorised: capture === 'manual' ? 'capture' : undefined,
    } as const;
    const what = waits[state as keyof typeof waits];
    const until = this.untilMs === null ? null : new Date(this.untilMs).toISOString();
    return { state, unknownCall, waitingFor: what ? { what, until } : null };
  }

  result(): ProcessPaymentResult {
    const { state, unknownCall, reason } = this;
    return { state, unknownCall, reason };
  }

  /** Throws unless the payment can be cancelled: once, and only until money is captured. */
  requireCancellable(): void {
    if (this.cancel !== null || this.undoing !== null)
      throw refusal(ILLEGAL_STATE, 'The payment is being undone already');
    this.requireVoidable();
    if (this.ending) throw refusal(ILLEGAL_STATE, `The payment is ${this.state} and its process is ending`);
  }

  /** Refuses an accepted cancel that turned out to be too late. */
  refuseCancel(): void {
    if (this.cancel === null || this.cancel.outcome) return;
    try {
      this.requireVoidable();
      this.cancel.refusal = refusal(ILLEGAL_STATE, `The payment is ${this.state}`);
    } catch (error) {
      this.cancel.refusal = error as Error;
    }
  }

  private requireVoidable(): void {
    if (meaningOfCancel(this.state) === 'refund')
      throw refusal(
        paymentRefusals.captured,
        `The payment is ${this.state}: cancelling it means refunding what is left`,
      );
    this.requirePossible('cancelPayment');
  }

  protected override requirePossible(name: RunningPaymentCommand): void {
    const { state, capture } = this;
    const isUndoing = (this.cancel !== null || this.undoing !== null) && !endedPaymentStates.includes(state);
    if (isUndoing && name !== 'cancelPayment')
      throw refusal(ILLEGAL_STATE, `The payment is being undone, so ${name} comes too late`);
    const refused = refusePaymentCommand({ command: name, state, capture });
    if (refused) throw refusal(refused.code, refused.detail);
  }
}
