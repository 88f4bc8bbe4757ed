import type { ClientSession } from 'mongoose';
import { subscriptionId as workflowIdOf } from '../../contracts/subscriptions/subscription';
import { DomainError } from '../../domain/domain-error';
import { moneyOf, subtractMoney, zeroMoney, type Money } from '../../domain/money';
import { plainMoney } from '../../domain/money-text';
import { leftToRefund } from '../../domain/payments/refund';
import { sumOfRefunds } from '../../domain/subscriptions/end-refund';
import { takeLatest } from '../../domain/subscriptions/billing/paid-funds';
import type { Database } from '../../models/database';
import type { Subscription } from '../../models/subscriptions/subscription';
import { mendStuckItem, openStuckItem } from '../operator/stuck-items';
import type { RemedyInput } from '../operator/stuck-remedy';
import { findEntity } from '../find-entity';
import { changeSubscription } from './change-subscription';
import { acceptRefunds } from './subscription-refunds';

export interface ListOwedInput {
  database: Database;
  session: ClientSession;
  subscription: Pick<Subscription, '_id' | 'tenantId'>;
  /** The amount that the subscription owes now. */
  owed: Money;
}

/**
 * Puts an owed amount on the operator's list, in one open item per subscription; takes the item off where nothing is
 * owed.
 */
export async function listOwed({ database, session, subscription, owed }: ListOwedInput): Promise<void> {
  const { _id: entityId, tenantId } = subscription;
  const about = { database, session, kind: 'refund_owed', subject: workflowIdOf(entityId) } as const;
  if (owed.amountMinor === 0) return mendStuckItem(about);
  await openStuckItem({
    ...about,
    tenantId,
    entityType: 'subscription',
    entityId,
    detail: `${plainMoney(owed)} is owed to the customer: a refund failed, or no payment can refund it any more`,
  });
}

export type OwedInput = RemedyInput & { database: Database };

/**
 * Orders the failed refunds of a subscription again, up to the owed amount. Returns the amount that stays owed, because
 * no failed refund is about it; it stays on the operator's list.
 * @throws DomainError `ILLEGAL_STATE` where no refund can be ordered again
 */
export async function refundOwed({ database, item, by, at, session }: OwedInput): Promise<Money> {
  const { tenantId, entityId: subscriptionId } = item;
  const step = `refund-owed/${item._id}/${at}`;
  await changeSubscription({ database, session, tenantId, subscriptionId, step, at }, async (subscription) => {
    const refunds = await refundsToRepeat({ database, session, subscription });
    const refundMinor = sumOfRefunds(refunds);
    if (refundMinor === 0)
      throw new DomainError(
        'ILLEGAL_STATE',
        'No payment can refund the amount any more; return the money by other means, then close the item',
      );
    const owed = subtractMoney(subscription.owed, moneyOf(refundMinor, subscription.owed.currency));
    return {
      by,
      set: { owed },
      event: { type: 'subscription.refund_repeated', data: { refundMinor, owedMinor: owed.amountMinor } },
      alongside: async (within) => {
        await acceptRefunds({ database, session: within, subscription, refunds, by, at });
        if (owed.amountMinor > 0) await listOwed({ database, session: within, subscription, owed });
      },
    };
  });
  const { owed } = await findEntity({
    database,
    session,
    tenantId,
    entityType: 'subscription',
    entityId: subscriptionId,
  });
  return owed;
}

/** Records that an operator has returned the owed amount by other means. */
export async function settleOwed({
  database,
  item,
  by,
  at,
  session,
  reason,
}: OwedInput & { reason: string | null }): Promise<void> {
  const { tenantId, entityId: subscriptionId } = item;
  const step = `settle-owed/${item._id}`;
  await changeSubscription({ database, session, tenantId, subscriptionId, step, at }, ({ owed }) => ({
    by,
    set: { owed: zeroMoney(owed.currency) },
    event: { type: 'subscription.owed_settled', data: { amountMinor: owed.amountMinor, reason } },
  }));
}

/** Returns the failed refunds that their payments can make now, the latest first, up to the owed amount. */
async function refundsToRepeat({
  database: { models },
  session,
  subscription: { _id: parentId, tenantId, owed },
}: Omit<ListOwedInput, 'owed' | 'subscription'> & { subscription: Subscription }) {
  const failed = await models.refunds
    .find({ tenantId, parentId, state: 'failed' })
    .sort({ _id: 1 })
    .session(session)
    .lean();
  const payments = await models.payments
    .find({ _id: { $in: failed.map(({ paymentId }) => paymentId) }, tenantId })
    .session(session)
    .lean();
  const left = new Map(payments.map((payment) => [payment._id, leftToRefund(payment).amountMinor]));
  const lots = failed.map(({ paymentId, amount }) => ({ paymentId, amountMinor: amount.amountMinor }));
  return takeLatest(lots, owed.amountMinor, left).map(({ paymentId, amountMinor }) => ({
    paymentId,
    amount: moneyOf(amountMinor, owed.currency),
  }));
}
