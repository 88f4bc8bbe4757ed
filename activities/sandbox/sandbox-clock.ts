import { Context } from '@temporalio/activity';
import type { ActivityDependencies } from '../dependencies';
import type { OperationFailure } from '../../src/contracts/operation';
import type { AdvanceSlice, AdvanceStepInput, FinishAdvanceInput } from '../../src/contracts/sandbox/sandbox-clock';
import { DomainError } from '../../src/domain/domain-error';

const HEARTBEAT_MS = 2000;

/**
 * The steps of an advance of a sandbox clock. Each may run any number of times: how far an advance has come is in
 * MongoDB, and none touches an operation that is not its own run's.
 */
export const createSandboxClockActivities = ({ sandboxClock }: ActivityDependencies) => ({
  /**
   * Makes this run the owner of the operation. Answers why it cannot go on, such as a server that lacks the feature;
   * null when it can.
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

  /** Moves the tenant's clock and everything that lives by it for a quarter of a minute or so. */
  async advanceTenant(input: AdvanceStepInput): Promise<AdvanceSlice> {
    const context = Context.current();
    const signal = context.cancellationSignal;
    const beating = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
    try {
      return await sandboxClock.advance({ ...input, signal });
    } catch (error) {
      // Told as what it is: the worker shuts down (another goes on) or the advance was cancelled.
      if (signal.aborted) throw signal.reason;
      throw error;
    } finally {
      clearInterval(beating);
    }
  },

  /** Ends the operation, well or with its failure. */
  async finishAdvance(input: FinishAdvanceInput): Promise<void> {
    await sandboxClock.finish(input);
  },
});
