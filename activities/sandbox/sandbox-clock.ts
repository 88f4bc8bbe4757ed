import type { ActivityDependencies } from '../dependencies';
import { whileBeating } from '../while-beating';
import type { OperationFailure } from '../../src/contracts/operation';
import type { AdvanceSlice, AdvanceStepInput, FinishAdvanceInput } from '../../src/contracts/sandbox/sandbox-clock';
import { DomainError } from '../../src/domain/domain-error';

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
  advanceTenant: (input: AdvanceStepInput): Promise<AdvanceSlice> =>
    whileBeating(async ({ signal }) => {
      const { arrived, failure } = await sandboxClock.advance({ ...input, signal });
      return { arrived, failure: failure && failureOf(failure) };
    }),

  /** Ends the operation as completed, or as failed with its failure. */
  async finishAdvance(input: FinishAdvanceInput): Promise<void> {
    await sandboxClock.finish(input);
  },
});
