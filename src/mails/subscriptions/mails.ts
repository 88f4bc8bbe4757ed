import type { SubscriptionMailTemplate } from '../../contracts/subscriptions/mails';
import type { MailDefinition } from '../mail-definition';
import { paymentConfirmation, paymentMethodConfirmation, paymentMethodRejected } from './confirmation';
import { renewalFailed, subscriptionUnpaid } from './dunning';
import { subscriptionCancelled } from './subscription-cancelled';
import { trialEnding } from './trial-ending';

/** The templates of the mails about a subscription. */
export const subscriptionMails: Record<SubscriptionMailTemplate, MailDefinition> = {
  trialEnding,
  paymentConfirmation,
  paymentMethodConfirmation,
  paymentMethodRejected,
  renewalFailed,
  subscriptionUnpaid,
  subscriptionCancelled,
};
