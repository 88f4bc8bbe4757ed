import type { AppliedCommand, SubscriptionOutcome } from '../../src/contracts/subscriptions/subscription';

/** The api answers a repeat that comes more than this many commands later from MongoDB. */
const COMMANDS_KEPT = 50;

/**
 * The latest commands with their outcomes, so that a repeat across a continue-as-new is answered, not applied again.
 */
export class AppliedCommands {
  private readonly outcomes: Map<string, SubscriptionOutcome>;

  constructor(applied: readonly AppliedCommand[] = []) {
    this.outcomes = new Map(applied.map(({ commandId, outcome }) => [commandId, outcome]));
  }

  add({ commandId, outcome }: AppliedCommand): void {
    this.outcomes.set(commandId, outcome);
  }

  outcomeOf(commandId: string): SubscriptionOutcome | undefined {
    return this.outcomes.get(commandId);
  }

  /** Returns the commands that the next run must know. */
  latest(): AppliedCommand[] {
    return [...this.outcomes].map(([commandId, outcome]) => ({ commandId, outcome })).slice(-COMMANDS_KEPT);
  }
}
