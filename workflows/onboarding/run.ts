import { ApplicationFailure, CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import { failureTypes } from '../../src/contracts/onboarding';
import type { CommandInput, CommandOutcome, OnboardingProgress, OnboardingRef, OnboardingStatus, UserOnboardingInput, VerifyEmailInput } from '../../src/contracts/onboarding';
import type { OnboardingStepInput } from '../../src/contracts/onboarding-activities';
import { commandStates, nextResendAt, waitingForOf } from '../../src/domain/onboarding';
import type { OnboardingCommand, OnboardingState } from '../../src/domain/onboarding';

/** A command that was accepted and waits for its turn; `settle` ends the wait of its sender. */
export interface QueuedCommand {
  name: OnboardingCommand;
  input: CommandInput | VerifyEmailInput;
  outcome?: CommandOutcome;
  refusal?: Error;
}

/** What one run knows. Only the story changes it, one step at a time; handlers only queue commands and wait for their outcome. */
export class OnboardingRun {
  readonly ref: OnboardingRef;
  readonly requiresApproval: boolean;
  state: OnboardingState = 'accepted';
  /** When the present state began and when it gives up (ms). */
  sinceMs = Date.now();
  untilMs: number | null = null;
  generation = 0;
  linkExpiresAtMs = 0;
  resentAtMs: number[] = [];
  towards: OnboardingProgress['towards'] = null;
  /** A cancel that was accepted; the story is cancelled with it. */
  cancel: QueuedCommand | null = null;
  /** From here on the user may be active: nothing is undone any more. */
  pastNoReturn = false;
  /** The next state may be in MongoDB already while the story has not heard of it: commands are taken and judged when their turn comes. */
  private inTransit = true;
  private readonly queue: QueuedCommand[] = [];

  constructor({ tenantId, onboardingId, requiresApproval }: UserOnboardingInput) {
    this.ref = { tenantId, onboardingId };
    this.requiresApproval = requiresApproval;
  }

  resume(progress: OnboardingProgress): void {
    this.state = progress.state;
    this.sinceMs = Date.parse(progress.since);
    this.generation = progress.generation;
    this.linkExpiresAtMs = progress.linkExpiresAt === null ? 0 : Date.parse(progress.linkExpiresAt);
    this.resentAtMs = progress.resentAt.map((at) => Date.parse(at));
    this.towards = progress.towards;
    this.inTransit = false;
  }

  /** Runs the activity that records a move to another state. */
  async transit<T>(record: () => Promise<T>): Promise<T> {
    this.inTransit = true;
    try {
      return await record();
    } finally {
      this.inTransit = false;
    }
  }

  /** Every step's activity is told this: which onboarding, which step, when. */
  step(name: string): OnboardingStepInput {
    return { ...this.ref, chain: workflowInfo().firstExecutionRunId, step: name, at: new Date().toISOString() };
  }

  moved(to: OnboardingState, untilMs: number | null = null): void {
    this.state = to;
    this.sinceMs = Date.now();
    this.untilMs = untilMs;
  }

  status(): OnboardingStatus {
    const until = this.untilMs === null ? null : new Date(this.untilMs).toISOString();
    return { state: this.state, generation: this.generation, waitingFor: waitingForOf({ state: this.state, until }) };
  }

  /** The validator of every command. */
  validate(name: OnboardingCommand, input: CommandInput | VerifyEmailInput): void {
    if (!this.inTransit || this.cancel !== null || this.pastNoReturn) this.rejectUnlessPossible(name, input);
  }

  /** Throws what the sender of a command is told when it cannot be applied now. */
  private rejectUnlessPossible(name: OnboardingCommand, input: CommandInput | VerifyEmailInput): void {
    const nowMs = Date.now();
    if (name === 'verifyEmail' && this.generation > 0 && !commandStates.verifyEmail.includes(this.state) && this.state !== 'compensating') {
      throw refusal(failureTypes.tokenUsed, 'The address has been verified already');
    }
    if (!commandStates[name].includes(this.state) || this.cancel !== null || this.pastNoReturn) {
      throw refusal(failureTypes.illegalState, `The onboarding is ${this.cancel === null ? this.state : 'being cancelled'}; ${name} needs it to be ${commandStates[name].join(' or ')}`);
    }
    if (name === 'verifyEmail') {
      if ((input as VerifyEmailInput).generation !== this.generation) throw refusal(failureTypes.tokenSuperseded, 'A newer link was sent; only the newest one works');
      if (nowMs >= this.linkExpiresAtMs) throw refusal(failureTypes.tokenExpired, 'The link has expired; ask for a new one');
    }
    if (name === 'resendVerification') {
      const nextMs = nextResendAt({ resentAtMs: this.resentAtMs, nowMs });
      if (nextMs !== null) throw refusal(failureTypes.resendLimit, `Five links were sent in 24 hours; the next one can be sent at ${new Date(nextMs).toISOString()}`, nextMs - nowMs);
    }
  }

  /** Queues a command for the story and waits for what it led to. */
  async take(command: QueuedCommand): Promise<CommandOutcome> {
    this.queue.push(command);
    return this.settled(command);
  }

  /** Waits for what a command led to; a cancelled workflow still answers its senders. */
  async settled(command: QueuedCommand): Promise<CommandOutcome> {
    await CancellationScope.nonCancellable(() => condition(() => command.outcome !== undefined || command.refusal !== undefined));
    if (command.refusal) throw command.refusal;
    return command.outcome!;
  }

  /** The next command that is still possible, or undefined once `untilMs` has come. Commands that came too late are refused here. */
  async nextCommand(untilMs: number): Promise<QueuedCommand | undefined> {
    for (;;) {
      const command = this.queue.shift();
      if (command === undefined) {
        const waitMs = untilMs - Date.now();
        if (waitMs <= 0 || !(await condition(() => this.queue.length > 0, waitMs))) return undefined;
        continue;
      }
      try {
        this.rejectUnlessPossible(command.name, command.input);
        return command;
      } catch (error) {
        command.refusal = error as Error;
      }
    }
  }

  /** Tells everyone who still waits that their turn will not come. */
  refuseTheRest(): void {
    for (const command of [...this.queue.splice(0), ...(this.cancel ? [this.cancel] : [])]) {
      if (command.outcome === undefined) command.refusal = refusal(failureTypes.illegalState, `The onboarding is ${this.state}`);
    }
  }
}

function refusal(type: string, message: string, retryAfterMs?: number): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type, ...(retryAfterMs === undefined ? [] : [{ retryAfterMs }]));
}
