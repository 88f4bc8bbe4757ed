import { ApplicationFailure, isCancellation, setHandler, workflowInfo } from '@temporalio/workflow';
import type { CancellationScope } from '@temporalio/workflow';
import type { UpdateDefinition } from '@temporalio/common';
import { commandStep, ENTITY_NOT_OURS, ILLEGAL_STATE, type CommandInput } from '../src/contracts/commands';
import type { ProcessStep, StepCommand } from '../src/contracts/process-step';
import type { Refusal } from '../src/domain/refusal';
import { CommandInbox, refusal, type QueuedCommand } from './command-inbox';

/**
 * The state of one run of a process that receives commands: the entity, the names of the steps and the inbox. Only the
 * main loop changes the state, one step at a time.
 */
export abstract class ProcessRun<
  Ref extends object,
  Name extends string,
  Outcome,
  Input extends CommandInput = CommandInput,
> {
  readonly inbox = new CommandInbox<Name, Outcome, Input>((name, input) => this.requirePossible(name, input));

  constructor(protected readonly ref: Ref) {}

  /** Returns the input that every step's activity receives. */
  step(name: string): Ref & ProcessStep {
    return stepOf(this.ref, name);
  }

  /** Returns the input of the step that applies a command; the step has the command's name. */
  commandStep({ commandId, by }: CommandInput): Ref & ProcessStep & { command: StepCommand } {
    return { ...stepOf(this.ref, commandStep(commandId)), command: { id: commandId, by } };
  }

  /** For update validators: throws a refusal when the command is not possible now. */
  validate(name: Name, input: Input): void {
    this.inbox.validate(name, input);
  }

  /** For update handlers: queues the command and returns its outcome once the main loop has applied it. */
  take(name: Name, input: Input): Promise<Outcome> {
    return this.inbox.take({ name, input });
  }

  /** Throws a refusal when the command is not possible now. Changes nothing. */
  protected abstract requirePossible(name: Name, input: Input): void;
}

/**
 * A process in which a cancel does not queue behind other commands: the cancel interrupts the main loop by cancelling
 * its scope, and the finished steps are then undone.
 */
export abstract class InterruptibleRun<
  Ref extends object,
  Name extends string,
  Outcome,
  Input extends CommandInput = CommandInput,
> extends ProcessRun<Ref, Name, Outcome, Input> {
  /** The accepted cancel; null without one. */
  cancel: QueuedCommand<Name, Outcome, Input> | null = null;

  constructor(
    ref: Ref,
    private readonly mainLoop: CancellationScope,
  ) {
    super(ref);
  }

  /** Throws a refusal when the process cannot be cancelled now. */
  abstract requireCancellable(): void;

  /** For handlers: cancels the main loop and returns the outcome once the undoing is recorded. */
  interrupt(name: Name, input: Input): Promise<Outcome> {
    this.cancel = { name, input };
    this.mainLoop.cancel();
    return this.inbox.settled(this.cancel);
  }
}

/**
 * Returns the input of one step's activity.
 *
 * @param chain - The chain that owns the entity. Defaults to the calling workflow's chain.
 */
export function stepOf<Ref extends object>(
  ref: Ref,
  step: string,
  chain = workflowInfo().firstExecutionRunId,
): Ref & ProcessStep {
  return { ...ref, chain, step, at: new Date().toISOString() };
}

/** Registers updates whose commands wait in the inbox for their turn. Each command has the name of its update. */
export function handleCommands<Name extends string, Outcome, Input extends CommandInput>(
  run: ProcessRun<object, Name, Outcome, Input>,
  definitions: readonly { name: string }[],
): void {
  // The input of one update is narrower than the union that the inbox takes.
  for (const definition of definitions as readonly UpdateDefinition<Outcome, [Input]>[]) {
    const name = definition.name as Name;
    setHandler(definition, (input: Input) => run.take(name, input), {
      validator: (input: Input) => {
        requireCommandId(input);
        run.validate(name, input);
      },
    });
  }
}

/** Registers the update that interrupts the main loop. */
export function handleCancel<Name extends string, Outcome, Input extends CommandInput>(
  run: InterruptibleRun<object, Name, Outcome, Input>,
  definition: UpdateDefinition<Outcome, [Input]>,
): void {
  setHandler(definition, (input: Input) => run.interrupt(definition.name as Name, input), {
    validator: (input: Input) => {
      requireCommandId(input);
      run.requireCancellable();
    },
  });
}

/**
 * Refuses a message that somebody sent by hand without a command's id: the id names the step, and without one no
 * workflow task would ever end.
 */
export function requireCommandId(input: Partial<CommandInput> | null | undefined): void {
  if (typeof input?.commandId !== 'string') throw refusal('INVALID_INPUT', 'The command names no commandId');
}

/**
 * Returns true when a cancel ended the main loop. Temporal does not retry a step that was notified of a cancel: when
 * that step is lost together with its worker, the error is a failure and not a cancellation.
 */
export function isCancelled(error: unknown, mainLoop: CancellationScope): boolean {
  return isCancellation(error) || mainLoop.consideredCancelled;
}

/**
 * Returns true when another run owns the entity, or somebody changed the entity by hand. The run must end without
 * touching the entity, which the reconciler lists.
 */
export function isNotOurs(error: unknown): boolean {
  return [ENTITY_NOT_OURS, ILLEGAL_STATE, 'NOT_FOUND'].includes(failureType(error));
}

/** Returns the code that an activity failed with, or `INTERNAL`. */
export function failureType(error: unknown): string {
  return applicationFailureOf(error)?.type || 'INTERNAL';
}

/**
 * Returns the rule by which an activity refused a command; null for any other error, and for a run that does not own
 * the entity.
 */
export function brokenRuleOf(error: unknown): Refusal | null {
  const failure = applicationFailureOf(error);
  if (!failure?.nonRetryable || !failure.type || [ENTITY_NOT_OURS, 'NOT_FOUND'].includes(failure.type)) return null;
  return { code: failure.type, detail: failure.message };
}

/** Returns the failure that an activity threw, without Temporal's wrapping; null when there is none. */
export function applicationFailureOf(error: unknown): ApplicationFailure | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure) return cause;
  }
  return null;
}
