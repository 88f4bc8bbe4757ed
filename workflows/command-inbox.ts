import { ApplicationFailure, CancellationScope, condition, patched } from '@temporalio/workflow';
import { ILLEGAL_STATE, type CommandInput } from '../src/contracts/commands';

/** A command that was accepted and waits for its turn. Its sender waits until `outcome` or `refusal` is set. */
export interface QueuedCommand<Name extends string, Outcome, Input extends CommandInput = CommandInput> {
  name: Name;
  input: Input;
  outcome?: Outcome;
  refusal?: Error;
}

/** Throws a {@link refusal} when the command is not possible now. Looks only, changes nothing. */
export type Judge<Name extends string, Input extends CommandInput> = (name: Name, input: Input) => void;

/**
 * Where update handlers leave their commands and the workflow's story takes them, one at a time: handlers never act, so
 * no two of them act at once, and a sender is answered only after what it asked for is recorded.
 */
export class CommandInbox<Name extends string, Outcome, Input extends CommandInput = CommandInput> {
  private readonly queue: QueuedCommand<Name, Outcome, Input>[] = [];
  /** The one whose turn came last. */
  private current: QueuedCommand<Name, Outcome, Input> | undefined;
  private inTransit = true;

  constructor(private readonly judge: Judge<Name, Input>) {}

  /** From here on commands are judged when they arrive, not only when their turn comes. */
  open(): void {
    this.inTransit = false;
  }

  /**
   * Runs an activity that records a move to another state. Meanwhile the next state may be in MongoDB already while the
   * story has not heard of it, so commands are taken unjudged; each is judged when its turn comes.
   */
  async transit<T>(record: () => Promise<T>): Promise<T> {
    this.inTransit = true;
    try {
      return await record();
    } finally {
      this.inTransit = false;
    }
  }

  /** For validators. */
  validate(name: Name, input: Input): void {
    if (!this.inTransit) this.judge(name, input);
  }

  /** For handlers: queues the command and waits for what it led to. */
  take(command: QueuedCommand<Name, Outcome, Input>): Promise<Outcome> {
    this.queue.push(command);
    return this.settled(command);
  }

  /** Waits for what a command led to; a cancelled workflow still answers its senders. */
  async settled(command: QueuedCommand<Name, Outcome, Input>): Promise<Outcome> {
    await CancellationScope.nonCancellable(() =>
      condition(() => command.outcome !== undefined || command.refusal !== undefined),
    );
    if (command.refusal) throw command.refusal;
    return command.outcome!;
  }

  /**
   * For the story: the next command that is possible, or undefined once `untilMs` has come. Commands that came too late
   * are refused on the way.
   */
  async next(untilMs: number): Promise<QueuedCommand<Name, Outcome, Input> | undefined> {
    for (;;) {
      const command = this.queue.shift();
      if (command === undefined) {
        const waitMs = untilMs - Date.now();
        if (waitMs <= 0 || !(await condition(() => this.queue.length > 0, waitMs))) return undefined;
        continue;
      }
      if (this.isRefused(command)) continue;
      this.current = command;
      return command;
    }
  }

  /** Before a wait in which no command has its turn: tells the senders of those that are not possible now. */
  refuseImpossible(): void {
    for (const command of this.queue.splice(0)) if (!this.isRefused(command)) this.queue.push(command);
  }

  private isRefused(command: QueuedCommand<Name, Outcome, Input>): boolean {
    try {
      this.judge(command.name, command.input);
      return false;
    } catch (error) {
      command.refusal = error as Error;
      return true;
    }
  }

  /** Whether commands wait for their turn. */
  get waiting(): boolean {
    return this.queue.length > 0;
  }

  /**
   * Tells everyone who still waits that their turn will not come, or was cut short; the process would wait for their
   * answers for ever.
   */
  refuseTheRest(why: string): void {
    const { current } = this;
    const isCutShort = current !== undefined && current.outcome === undefined && current.refusal === undefined;
    if (isCutShort && patched('refuse-what-is-cut-short')) current.refusal = refusal(ILLEGAL_STATE, why);
    for (const command of this.queue.splice(0)) command.refusal = refusal(ILLEGAL_STATE, why);
  }
}

/**
 * What the sender of a command is told when it cannot be applied: a code and a sentence; `retryAfterMs` where waiting
 * helps.
 */
export function refusal(
  type: string,
  message: string,
  { retryAfterMs }: { retryAfterMs?: number } = {},
): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type, ...(retryAfterMs === undefined ? [] : [{ retryAfterMs }]));
}
