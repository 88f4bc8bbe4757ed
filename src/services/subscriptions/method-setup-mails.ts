import type { MethodSetup, Subscription } from '../../models/subscriptions/subscription';
import { mailOf, type SubscriptionChange } from './change-subscription';

/** Returns the mails to the customer about a payment method that could not be saved yet, or not at all. */
export function methodSetupMails(
  subscription: Subscription,
  state: MethodSetup['state'],
): NonNullable<SubscriptionChange['mails']> {
  const terms = { amountMinor: 0, until: subscription.nextPeriodAt.toISOString() };
  if (state === 'requires_action') return [mailOf(subscription, 'paymentMethodConfirmation', terms)];
  return state === 'declined' ? [mailOf(subscription, 'paymentMethodRejected', terms)] : [];
}
