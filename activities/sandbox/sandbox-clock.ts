import { Context } from '@temporalio/activity';
import type { ActivityDependencies } from '../dependencies';
import type { OperationFailure } from '../../src/contracts/operation';
import type { AdvanceSlice, AdvanceStepInput, FinishAdvanceInput } from '../../src/contracts/sandbox/sandbox-clock';
import { DomainError } from '../../src/domain/domain-error';

const HEARTBEAT_MS = 2000;

const failureOf = ({ code, detail, workflowId }: OperationFailure): OperationFailure => ({ code, detail, workflowId });

/**
 * The steps of an advance of a sandbox clock. Each may run any number of times: the progress of an advance is in
 * MongoDB, and no step changes an operation that its own run does not own.
 */
export const createSandboxClockActivities = ({ sandboxClock }: ActivityDependencies) => ({
  /**
   * Makes this run the owner of the operation. Returns the reason why it cannot continue, such as a server that lacks
   * the feature; null when it can.
   */
  async beginAdvance(input: AdvanceStepInput): Promise<OperationFailure | null> {
    await sandboxClock.claim(input);
    return sandboxClock.requireTimeSkipping().then(
      () => null,
      (error: unknown) => {
        if (!(error instanceof DomainError)) throw error;
        return { code: 'TIME_SKIPPING_UNAVAILABLE', detail: error.message, workflowId: null };
      },
    );
  },

  /** Moves the tenant's clock, and every process that follows it, for about 15 seconds of real time. */
  async advanceTenant(input: AdvanceStepInput): Promise<AdvanceSlice> {
    const context = Context.current();
    const signal = context.cancellationSignal;
    const beating = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
    try {
      const { arrived, failure } = await sandboxClock.advance({ ...input, signal });
      return { arrived, failure: failure && failureOf(failure) };
    } catch (error) {
      // The cancellation itself is thrown: the worker shuts down (another one continues) or the advance was cancelled.
      if (signal.aborted) throw signal.reason;
      throw error;
    } finally {
      clearInterval(beating);
    }
  },

  /** Ends the operation as completed, or as failed with its failure. */
  async finishAdvance(input: FinishAdvanceInput): Promise<void> {
    await sandboxClock.finish(input);
  },
});
