import { patched, workflowInfo } from '@temporalio/workflow';
import { ILLEGAL_STATE, commandStep, type CommandInput } from '../../src/contracts/commands';
import { paymentRefusals, paymentUpdates } from '../../src/contracts/payments/payment';
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
import type {
  PaymentStepInput,
  StepCommand,
  UpdatePaymentStatusInput,
} from '../../src/contracts/payments/payment-activities';
import {
  endedPaymentStates,
  positionOf,
  standingOf,
  type CaptureMode,
  type GatewayCall,
  type PaymentPosition,
  type PaymentState,
} from '../../src/domain/payments/payment';
import { meaningOfCancel, refusePaymentCommand } from '../../src/domain/payments/payment-commands';
import { CommandInbox, refusal, type QueuedCommand } from '../command-inbox';
import { News } from './news';
import { updatePaymentStatus } from './activities';

export type PaymentCommandMessage = CommandInput | CapturePaymentInput | ReviewPaymentInput;
export type QueuedPaymentCommand = QueuedCommand<RunningPaymentCommand, PaymentOutcome, PaymentCommandMessage>;

/** What one run knows. Only the story changes it, one step at a time. */
export class PaymentRun {
  readonly ref: PaymentRef;
  /** Never waits on business time; see `ProcessPaymentInput`. */
  readonly renewal: boolean;
  readonly inbox = new CommandInbox<RunningPaymentCommand, PaymentOutcome, PaymentCommandMessage>((name) =>
    this.judge(name),
  );
  readonly news = new News();
  capture: CaptureMode = 'automatic';
  state: PaymentState = 'accepted';
  unknownCall: GatewayCall | null = null;
  sinceMs = Date.now();
  untilMs: number | null = null;
  reason: string | null = null;
  undoing: PaymentUndoing | null = null;
  /** A cancel that was accepted; the story is cancelled with it. */
  cancel: QueuedPaymentCommand | null = null;
  /** Fraud rules and card have nothing against it. */
  checked = false;
  /** The operator's list has it. */
  reported = false;
  private run = 1;
  private readonly occurrences = new Map<string, number>();

  constructor({ tenantId, paymentId, renewal }: ProcessPaymentInput) {
    this.ref = { tenantId, paymentId };
    this.renewal = renewal === true;
  }

  resume({ state, unknownCall, capture, since, undoing, run, reason }: PaymentProgress): void {
    Object.assign(this, { state, unknownCall, capture, sinceMs: Date.parse(since), undoing, run, reason });
    this.told = state;
    this.resumed = true;
    this.inbox.open();
  }

  /** The state the partner knows of. */
  told: PaymentState = 'validating';
  /** False until this run knows where the payment stands. */
  resumed = false;
  /** The story is over: what comes now comes too late. */
  ending = false;

  get shouldStartAfresh(): boolean {
    return (
      workflowInfo().continueAsNewSuggested &&
      !this.renewal &&
      !this.inbox.waiting &&
      (this.cancel === null || this.cancel.outcome !== undefined)
    );
  }

  get position(): PaymentPosition {
    return positionOf(this);
  }

  /** Every step's activity is told this: which payment, which run, which step with its occurrence, when. */
  step(name: string): PaymentStepInput {
    const occurrence = (this.occurrences.get(name) ?? 0) + 1;
    this.occurrences.set(name, occurrence);
    return this.exactly(`${name}/${this.run}${occurrence === 1 ? '' : `.${occurrence}`}`);
  }

  /** The step a command is recorded under, and the command. */
  commandStep({ input: { commandId, by } }: QueuedPaymentCommand): PaymentStepInput & { command: StepCommand } {
    return { ...this.exactly(commandStep(commandId)), command: { id: commandId, by } };
  }

  /** Records a move to another state and makes it. With a command, answers its sender. */
  async move(
    input: Pick<UpdatePaymentStatusInput, 'to' | 'reason' | 'captureMinor' | 'capturedMinor'> & { untilMs?: number },
    command?: QueuedPaymentCommand | null,
  ): Promise<void> {
    const { untilMs = null, ...move } = input;
    const until = untilMs === null ? null : new Date(untilMs).toISOString();
    const step = command ? this.commandStep(command) : this.step(move.to.replace('/', '-'));
    const { at, reason } = await this.inbox
      .transit(() => updatePaymentStatus({ ...step, ...move, until }))
      .catch((error: unknown) => {
        // A cancel that came meanwhile ends the step; whoever asked for it still has to be answered, or the process
        // would wait for that for ever.
        if (command && patched('answer-what-is-cut-short'))
          command.refusal = refusal(ILLEGAL_STATE, `The payment went another way before ${command.name} was recorded`);
        throw error;
      });
    this.moved(move.to, untilMs);
    this.reason = reason ?? move.reason ?? null;
    if (command) command.outcome = { state: this.state, at };
  }

  /** Takes over where an activity says that the payment stands now. */
  moved(position: PaymentPosition, untilMs: number | null = null): void {
    if (position === this.position) return;
    Object.assign(this, standingOf(position));
    this.sinceMs = Date.now();
    this.untilMs = untilMs;
  }

  /**
   * Waits for news of the gateway. A command that came while it was asked, and that is not possible now, is refused
   * first: here none has its turn.
   */
  async awaitNews(wait: Parameters<News['await']>[0]): Promise<void> {
    if (this.inbox.waiting && patched('refuse-before-a-wait')) this.inbox.refuseImpossible();
    await this.news.await(wait);
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

  /** A cancel does not queue: it interrupts. It is possible until money was taken, and only once. */
  judgeCancel(): void {
    if (this.cancel !== null || this.undoing !== null)
      throw refusal(ILLEGAL_STATE, 'The payment is being undone already');
    this.refuseCancelAfterEnd();
    if (this.ending) throw refusal(ILLEGAL_STATE, `The payment is ${this.state} and its process is ending`);
  }

  /** Answers a cancel that did not come to be. */
  refuseCancel(): void {
    if (this.cancel === null || this.cancel.outcome) return;
    try {
      this.refuseCancelAfterEnd();
      this.cancel.refusal = refusal(ILLEGAL_STATE, `The payment is ${this.state}`);
    } catch (error) {
      this.cancel.refusal = error as Error;
    }
  }

  private refuseCancelAfterEnd(): void {
    if (meaningOfCancel(this.state) === 'refund')
      throw refusal(
        paymentRefusals.captured,
        `The payment is ${this.state}: cancelling it means refunding what is left`,
      );
    this.judge('cancel');
  }

  private exactly(step: string): PaymentStepInput {
    return { ...this.ref, chain: workflowInfo().firstExecutionRunId, step, at: new Date().toISOString() };
  }

  private judge(name: RunningPaymentCommand): void {
    const { state, capture } = this;
    if (name !== 'cancel' && (this.cancel !== null || this.undoing !== null) && !endedPaymentStates.includes(state)) {
      throw refusal(ILLEGAL_STATE, `The payment is being undone, so ${paymentUpdates[name]} comes too late`);
    }
    const refused = refusePaymentCommand({ command: name, state, capture });
    if (refused) throw refusal(refused.code, refused.detail);
  }
}
