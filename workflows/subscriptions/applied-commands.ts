import type { AppliedCommand, SubscriptionOutcome } from '../../src/contracts/subscriptions/subscription';

/** After more commands than these the api answers a repeat from MongoDB. */
const COMMANDS_KEPT = 50;

/** The latest commands with their outcomes: a repeat across a continue-as-new returns its outcome. */
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
