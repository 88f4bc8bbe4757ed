import type { Database } from '../../../models/database';
import type { Subscription } from '../../../models/subscriptions/subscription';
import type { SubscriptionChange } from '../change-subscription';
import { newAttempt, NotInvoiced } from './new-attempt';

export interface ChargeChangeInput {
  database: Database;
  subscription: Subscription;
  invoiceId: string;
  attempt: number;
  at: string;
}

/**
 * Returns the change that begins an attempt to charge a change of plan. The customer has ordered it and is present.
 * @throws NotInvoiced where the change has fallen, or is withdrawn.
 */
export async function chargeChange({
  database,
  subscription,
  invoiceId,
  attempt,
  at,
}: ChargeChangeInput): Promise<SubscriptionChange> {
  const { pendingChange, tenantId } = subscription;
  if (pendingChange?.invoiceId !== invoiceId || pendingChange.isWithdrawn)
    throw new NotInvoiced(`the change of subscription ${subscription._id} with ${invoiceId} is given up`);
  const invoice = await database.models.invoices.findOne({ _id: invoiceId, tenantId }).lean().orFail();
  const { data, alongside } = newAttempt({
    database,
    subscription,
    invoice,
    isNew: false,
    attempt,
    purpose: 'initial',
    at,
  });
  return {
    set: { pendingChange: { ...pendingChange, attempt, status: 'pending', paymentUntil: null, actionUrl: null } },
    event: { type: 'subscription.change_charging', data },
    alongside,
  };
}
