import type { SubscriptionMailTemplate } from '../../contracts/subscriptions/mails';
import type { MailDefinition } from '../mail-definition';
import { renewalFailed, subscriptionUnpaid } from './dunning';
import { refundFailed, subscriptionRefunded } from './refunds';
import { subscriptionCancelled } from './subscription-cancelled';
import { trialEnding } from './trial-ending';

/** The templates of the mails about a subscription. */
export const subscriptionMails: Record<SubscriptionMailTemplate, MailDefinition> = {
  trialEnding,
  renewalFailed,
  subscriptionUnpaid,
  subscriptionCancelled,
  subscriptionRefunded,
  refundFailed,
};
