import { firstChargeUntil, isFirstCharge } from '../../../domain/subscriptions/first-charge';
import type { FirstChargeDeadline } from '../../../domain/subscriptions/subscription-progress';
import type { Invoice } from '../../../models/subscriptions/invoice';
import type { Subscription } from '../../../models/subscriptions/subscription';

/**
 * Returns the deadline of a first charge that is not paid yet, with which the subscription is `incomplete`; null for
 * any other charge.
 */
export function firstChargeUnpaid({
  subscription,
  invoice,
}: {
  subscription: Subscription;
  invoice: Pick<Invoice, 'createdAt'>;
}): FirstChargeDeadline<Date> | null {
  if (!isFirstCharge(subscription)) return null;
  return subscription.firstCharge ?? { until: firstChargeUntil(invoice.createdAt), isWithdrawn: false };
}
