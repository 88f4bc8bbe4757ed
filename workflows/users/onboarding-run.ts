import type { CancellationScope } from '@temporalio/workflow';
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
import type { AdvanceOnboardingInput, NewLink } from '../../src/contracts/users/onboarding-activities';
import { commandStates, nextResendAt, waitingForOf } from '../../src/domain/users/onboarding';
import type { OnboardingCommand, OnboardingState } from '../../src/domain/users/onboarding';
import { refusal, type QueuedCommand } from '../command-inbox';
import { InterruptibleRun } from '../process-run';
import { advanceOnboarding } from './activities';

export type OnboardingMessage = CommandInput | VerifyEmailInput;
export type QueuedOnboardingCommand = QueuedCommand<OnboardingCommand, OnboardingOutcome, OnboardingMessage>;

export interface OnboardingMove {
  from: OnboardingState;
  to: OnboardingState;
  event: AdvanceOnboardingInput['event'];
  untilMs?: number;
  /** The command that caused the move, or the name of the step. */
  by: QueuedOnboardingCommand | string;
}

const verifiedStates: readonly OnboardingState[] = ['awaiting_profile', 'awaiting_approval', 'activating'];

/** The state of one run of `userOnboarding`. */
export class OnboardingRun extends InterruptibleRun<
  OnboardingRef,
  OnboardingCommand,
  OnboardingOutcome,
  OnboardingMessage
> {
  readonly requiresApproval: boolean;
  state: OnboardingState = 'accepted';
  /** Start and deadline of the present state, in milliseconds. */
  sinceMs = Date.now();
  untilMs: number | null = null;
  /** The number of the newest verification link. */
  generation = 0;
  linkExpiresAtMs = 0;
  resentAtMs: number[] = [];
  /** The corrections of the address. */
  correctedAtMs: number[] = [];
  towards: OnboardingProgress['towards'] = null;
  /** True when the user may be active: nothing is undone any more. */
  pastNoReturn = false;

  constructor({ tenantId, onboardingId, requiresApproval }: UserOnboardingInput, mainLoop: CancellationScope) {
    super({ tenantId, onboardingId }, mainLoop);
    this.requiresApproval = requiresApproval;
  }

  /** Takes over the progress that earlier runs have recorded. */
  resume(progress: OnboardingProgress): void {
    this.state = progress.state;
    this.sinceMs = Date.parse(progress.since);
    this.generation = progress.generation;
    this.linkExpiresAtMs = progress.linkExpiresAt === null ? 0 : Date.parse(progress.linkExpiresAt);
    this.resentAtMs = progress.resentAt.map((at) => Date.parse(at));
    this.correctedAtMs = progress.correctedAt.map((at) => Date.parse(at));
    this.towards = progress.towards;
    this.inbox.open();
  }

  /** Records a move to another state, then makes the move. Answers the sender of a command that caused it. */
  async move({ from, to, event, untilMs, by }: OnboardingMove): Promise<void> {
    const step = typeof by === 'string' ? this.step(by) : this.commandStep(by.input);
    const until = untilMs === undefined ? null : new Date(untilMs).toISOString();
    const { at } = await this.inbox.transit(() => advanceOnboarding({ ...step, from: [from], to, event, until }));
    this.moved(to, untilMs);
    if (typeof by !== 'string') by.outcome = { state: to, at };
  }

  /** Takes over the newest link: earlier links are refused from now on. */
  useLink({ generation, expiresAt }: NewLink): void {
    this.generation = generation;
    this.linkExpiresAtMs = Date.parse(expiresAt);
  }

  /** Takes over a state that an activity has recorded. */
  moved(to: OnboardingState, untilMs: number | null = null): void {
    this.state = to;
    this.sinceMs = Date.now();
    this.untilMs = untilMs;
  }

  status(): OnboardingStatus {
    const until = this.untilMs === null ? null : new Date(this.untilMs).toISOString();
    return { state: this.state, generation: this.generation, waitingFor: waitingForOf({ state: this.state, until }) };
  }

  /** Throws unless the onboarding can be cancelled: once, and only until the user may be active. */
  requireCancellable(): void {
    if (this.cancel !== null) throw refusal(ILLEGAL_STATE, 'The onboarding is being cancelled already');
    if (this.pastNoReturn || !commandStates.cancelOnboarding.includes(this.state))
      throw this.wrongState('cancelOnboarding');
  }

  protected override requirePossible(name: OnboardingCommand, input: OnboardingMessage): void {
    if (this.cancel !== null) throw refusal(ILLEGAL_STATE, 'The onboarding is being cancelled');
    if (name === 'verifyEmail' && verifiedStates.includes(this.state))
      throw refusal(refusals.tokenUsed, 'The address has been verified already');
    if (!commandStates[name].includes(this.state)) throw this.wrongState(name);
    if (name === 'verifyEmail') this.requireValidLink(input as VerifyEmailInput);
    if (name === 'resendVerification') requireAllowed(this.resentAtMs, 'Five links were sent');
    if (name === 'updateOnboardingEmail') requireAllowed(this.correctedAtMs, 'The address was corrected five times');
  }

  private requireValidLink({ generation }: VerifyEmailInput): void {
    if (generation !== this.generation)
      throw refusal(refusals.tokenSuperseded, 'A newer link was sent; only the newest one works');
    if (Date.now() >= this.linkExpiresAtMs)
      throw refusal(refusals.tokenExpired, 'The link has expired; request a new one');
  }

  private wrongState(name: OnboardingCommand): Error {
    return refusal(
      ILLEGAL_STATE,
      `The onboarding is ${this.state}; ${name} needs it to be ${commandStates[name].join(' or ')}`,
    );
  }
}

/** Throws a refusal when the day's requests for a link, or the day's corrections, are used up. */
function requireAllowed(resentAtMs: readonly number[], limit: string): void {
  const nowMs = Date.now();
  const nextMs = nextResendAt({ resentAtMs, nowMs });
  if (nextMs === null) return;
  throw refusal(
    refusals.resendLimit,
    `${limit} in 24 hours; the next link can be sent at ${new Date(nextMs).toISOString()}`,
    { retryAfterMs: nextMs - nowMs },
  );
}
