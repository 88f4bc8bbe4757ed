import type { SubscriptionMoved } from '../../src/contracts/subscriptions/subscription-activities';
import { progressOf } from '../../src/domain/subscriptions/subscription-progress';
import type { Subscription } from '../../src/models/subscriptions/subscription';
import {
  changeSubscription,
  type ChangeSubscriptionInput,
  type DecideChange,
} from '../../src/services/subscriptions/change-subscription';

/** Moves a subscription as `changeSubscription` does, and returns the facts that the process goes on with. */
export async function moveSubscription(
  input: ChangeSubscriptionInput,
  decide: DecideChange,
): Promise<SubscriptionMoved> {
  const { state, at, progress } = await changeSubscription(input, decide);
  return { state, at, progress };
}

/** Returns the result of a step that changed nothing. */
export const unmoved = (subscription: Subscription, at: string): SubscriptionMoved => ({
  state: subscription.state,
  at,
  progress: progressOf(subscription),
});
