import { amountDue } from '../../domain/subscriptions/invoice';
import type { Database } from '../../models/database';
import type { PendingChange, Subscription } from '../../models/subscriptions/subscription';
import { mailOf, planDataOf, type SubscriptionChange } from './change-subscription';
import { sumOfRefunds } from '../../domain/subscriptions/end-refund';
import { endPendingChange } from './end-pending-change';
import { withdrawChangePayment } from './charges/pending-payment';
import { acceptRefunds } from './subscription-refunds';

export interface WithdrawChangeInput {
  database: Database;
  subscription: Subscription;
  pendingChange: PendingChange;
  /**
   * `command`: the outcome of the payment decides about the change. `expired`: the change falls now, whatever the
   * outcome.
   */
  reason: 'command' | 'expired';
  at: string;
}

/** Returns the change that withdraws the payment of a pending change. A change that nobody has charged yet falls. */
export async function withdrawChange({
  database,
  subscription,
  pendingChange,
  reason,
  at,
}: WithdrawChangeInput): Promise<SubscriptionChange> {
  const { invoiceId, item, status } = pendingChange;
  const data = { ...planDataOf(item), invoiceId };
  if (reason === 'command' && status === 'pending')
    return {
      set: { pendingChange: { ...pendingChange, isWithdrawn: true } },
      event: { type: 'subscription.change_withdrawing', data },
      alongside: (session) => withdrawChangePayment({ database, session, subscription, reason: 'change_withdrawn' }),
    };

  const isExpired = reason === 'expired';
  const { invoice, set, refunds, alongside } = await endPendingChange({ database, subscription, at });
  const amountMinor = invoice ? amountDue(invoice).amountMinor : 0;
  const code = isExpired ? 'change_expired' : 'change_withdrawn';
  return {
    set,
    event: { type: 'subscription.change_failed', data: { ...data, reason: code, refundMinor: sumOfRefunds(refunds) } },
    mails: isExpired ? [mailOf({ ...subscription, item }, 'planChangeFailed', { amountMinor })] : [],
    alongside: async (session) => {
      await withdrawChangePayment({ database, session, subscription, reason: code });
      await alongside(session);
      await acceptRefunds({ database, session, subscription, refunds, at });
    },
  };
}
