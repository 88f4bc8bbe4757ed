import { workflowInfo } from '@temporalio/workflow';
import { ILLEGAL_STATE, type CommandInput } from '../../src/contracts/commands';
import { refusals } from '../../src/contracts/users/onboarding';
import type {
  OnboardingOutcome,
  OnboardingProgress,
  OnboardingRef,
  OnboardingStatus,
  UserOnboardingInput,
  VerifyEmailInput,
} from '../../src/contracts/users/onboarding';
import type { OnboardingStepInput } from '../../src/contracts/users/onboarding-activities';
import { commandStates, nextResendAt, waitingForOf } from '../../src/domain/users/onboarding';
import type { OnboardingCommand, OnboardingState } from '../../src/domain/users/onboarding';
import { CommandInbox, refusal, type QueuedCommand } from '../command-inbox';

export type OnboardingCommandInput = CommandInput | VerifyEmailInput;
export type QueuedOnboardingCommand = QueuedCommand<OnboardingCommand, OnboardingOutcome, OnboardingCommandInput>;

/** What one run knows. Only the story changes it, one step at a time. */
export class OnboardingRun {
  readonly ref: OnboardingRef;
  readonly requiresApproval: boolean;
  readonly inbox = new CommandInbox<OnboardingCommand, OnboardingOutcome, OnboardingCommandInput>((name, input) =>
    this.judge(name, input),
  );
  state: OnboardingState = 'accepted';
  /** When the present state began and when it gives up (ms). */
  sinceMs = Date.now();
  untilMs: number | null = null;
  generation = 0;
  linkExpiresAtMs = 0;
  resentAtMs: number[] = [];
  towards: OnboardingProgress['towards'] = null;
  /** A cancel that was accepted; the story is cancelled with it. */
  cancel: QueuedOnboardingCommand | null = null;
  /** From here on the user may be active: nothing is undone any more. */
  pastNoReturn = false;

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
    this.inbox.open();
  }

  /** Every step's activity is told this: which onboarding, which run, which step, when. */
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

  /** A cancel does not queue: it interrupts. It is possible until the user may be active, and only once. */
  judgeCancel(): void {
    if (this.cancel !== null) throw refusal(ILLEGAL_STATE, 'The onboarding is being cancelled already');
    if (this.pastNoReturn || !commandStates.cancelOnboarding.includes(this.state))
      throw this.wrongState('cancelOnboarding');
  }

  private judge(name: OnboardingCommand, input: OnboardingCommandInput): void {
    const nowMs = Date.now();
    if (this.cancel !== null) throw refusal(ILLEGAL_STATE, 'The onboarding is being cancelled');
    if (name === 'verifyEmail' && ['awaiting_profile', 'awaiting_approval', 'activating'].includes(this.state)) {
      throw refusal(refusals.tokenUsed, 'The address has been verified already');
    }
    if (!commandStates[name].includes(this.state)) throw this.wrongState(name);
    if (name === 'verifyEmail') {
      if ((input as VerifyEmailInput).generation !== this.generation)
        throw refusal(refusals.tokenSuperseded, 'A newer link was sent; only the newest one works');
      if (nowMs >= this.linkExpiresAtMs)
        throw refusal(refusals.tokenExpired, 'The link has expired; ask for a new one');
    }
    if (name === 'resendVerification') {
      const nextMs = nextResendAt({ resentAtMs: this.resentAtMs, nowMs });
      if (nextMs !== null) {
        const message = `Five links were sent in 24 hours; the next one can be sent at ${new Date(nextMs).toISOString()}`;
        throw refusal(refusals.resendLimit, message, { retryAfterMs: nextMs - nowMs });
      }
    }
  }

  private wrongState(name: OnboardingCommand): Error {
    return refusal(
      ILLEGAL_STATE,
      `The onboarding is ${this.state}; ${name} needs it to be ${commandStates[name].join(' or ')}`,
    );
  }
}
