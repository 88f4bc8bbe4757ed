import type { SubscriptionMailTemplate } from '../../contracts/subscriptions/mails';
import type { MailDefinition } from '../mail-definition';
import { paymentConfirmation, paymentMethodConfirmation, paymentMethodRejected } from './confirmation';
import { renewalFailed, subscriptionUnpaid } from './dunning';
import { planChangeFailed } from './plan-change-failed';
import { resumeFailed } from './resume-failed';
import { subscriptionCancelled } from './subscription-cancelled';
import { firstChargeFailed, subscriptionExpired } from './first-charge';
import { trialEnding } from './trial-ending';

/** The templates of the mails about a subscription. */
export const subscriptionMails: Record<SubscriptionMailTemplate, MailDefinition> = {
  trialEnding,
  firstChargeFailed,
  paymentConfirmation,
  paymentMethodConfirmation,
  paymentMethodRejected,
  renewalFailed,
  subscriptionUnpaid,
  planChangeFailed,
  resumeFailed,
  subscriptionExpired,
  subscriptionCancelled,
};
