import { ApplicationFailure, CancellationScope, condition } from '@temporalio/workflow';
import { ILLEGAL_STATE, type CommandInput } from '../src/contracts/commands';

/** An accepted command that waits for its turn. The sender waits until `outcome` or `refusal` is set. */
export interface QueuedCommand<Name extends string, Outcome, Input extends CommandInput = CommandInput> {
  name: Name;
  input: Input;
  outcome?: Outcome;
  refusal?: Error;
}

/** Throws a {@link refusal} when the command is not possible now. Changes nothing. */
export type RequirePossible<Name extends string, Input extends CommandInput> = (name: Name, input: Input) => void;

/**
 * A queue between update handlers and the main loop, which applies one command at a time: handlers never act, so no two
 * commands act concurrently, and a sender receives its answer only after the command's effect is recorded.
 */
export class CommandInbox<Name extends string, Outcome, Input extends CommandInput = CommandInput> {
  private readonly queue: QueuedCommand<Name, Outcome, Input>[] = [];
  /** The latest command that `next` returned. */
  private current: QueuedCommand<Name, Outcome, Input> | undefined;
  private inTransit = true;

  constructor(private readonly requirePossible: RequirePossible<Name, Input>) {}

  /** Starts to check commands when they arrive, not only when their turn comes. */
  open(): void {
    this.inTransit = false;
  }

  /**
   * Runs an activity that records a move to another state. Meanwhile MongoDB may hold a state that the main loop does
   * not know yet, so commands are queued unchecked; each is checked when its turn comes.
   */
  async transit<T>(record: () => Promise<T>): Promise<T> {
    this.inTransit = true;
    try {
      return await record();
    } finally {
      this.inTransit = false;
    }
  }

  /** For update validators. */
  validate(name: Name, input: Input): void {
    if (!this.inTransit) this.requirePossible(name, input);
  }

  /** For update handlers: queues the command and returns its outcome once it is applied. */
  take(command: QueuedCommand<Name, Outcome, Input>): Promise<Outcome> {
    this.queue.push(command);
    return this.settled(command);
  }

  /** Returns the outcome of a command, or throws its refusal. A cancelled workflow still answers its senders. */
  async settled(command: QueuedCommand<Name, Outcome, Input>): Promise<Outcome> {
    await CancellationScope.nonCancellable(() =>
      condition(() => command.outcome !== undefined || command.refusal !== undefined),
    );
    if (command.refusal) throw command.refusal;
    return command.outcome!;
  }

  /**
   * For the main loop: returns the next command that is possible, or undefined once `untilMs` has come (`Infinity`
   * for no deadline). Refuses the earlier commands that came too late.
   */
  async next(untilMs: number): Promise<QueuedCommand<Name, Outcome, Input> | undefined> {
    for (;;) {
      const command = this.queue.shift();
      if (command === undefined) {
        const waitMs = untilMs - Date.now();
        if (waitMs <= 0 || !(await this.comes(waitMs))) return undefined;
        continue;
      }
      if (this.isRefused(command)) continue;
      this.current = command;
      return command;
    }
  }

  /** Returns true once a command waits; false where none has come in time. */
  private async comes(withinMs: number): Promise<boolean> {
    if (Number.isFinite(withinMs)) return condition(() => this.queue.length > 0, withinMs);
    await condition(() => this.queue.length > 0);
    return true;
  }

  /** Before a wait that applies no commands: refuses those that are not possible now. */
  refuseImpossible(): void {
    for (const command of this.queue.splice(0)) if (!this.isRefused(command)) this.queue.push(command);
  }

  private isRefused(command: QueuedCommand<Name, Outcome, Input>): boolean {
    try {
      this.requirePossible(command.name, command.input);
      return false;
    } catch (error) {
      command.refusal = error as Error;
      return true;
    }
  }

  /** True while commands wait for their turn. */
  get waiting(): boolean {
    return this.queue.length > 0;
  }

  /**
   * Refuses every command that still waits for its turn or was interrupted. Without an answer their handlers would
   * never finish, nor would the workflow.
   */
  refuseTheRest(why: string): void {
    const { current } = this;
    if (current && !current.outcome && !current.refusal) current.refusal = refusal(ILLEGAL_STATE, why);
    for (const command of this.queue.splice(0)) command.refusal = refusal(ILLEGAL_STATE, why);
  }
}

/**
 * Returns the failure that the sender of an impossible command receives: a code and a sentence.
 *
 * @param options.retryAfterMs - Milliseconds until the same command may succeed; left out where waiting does not help.
 */
export function refusal(
  type: string,
  message: string,
  { retryAfterMs }: { retryAfterMs?: number } = {},
): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type, ...(retryAfterMs === undefined ? [] : [{ retryAfterMs }]));
}
