import { isId } from '../../domain/ids';
import { addMoney, minMoney, subtractMoney } from '../../domain/money';
import type { Database } from '../../models/database';
import type { Refund } from '../../models/payments/refund';
import type { Subscription } from '../../models/subscriptions/subscription';
import { changeSubscription, mailOf, type SubscriptionChange } from './change-subscription';
import { listOwed } from './owed';

/** `failed_late`: the gateway had reported success before. */
export type RefundResult = 'succeeded' | 'failed' | 'failed_late';

export interface RecordRefundResultInput {
  database: Database;
  tenantId: string;
  refundId: string;
  result: RefundResult;
  /** Business time, ISO 8601. */
  at: string;
}

/** The result changes nothing on the subscription. */
class NothingToRecord extends Error {}

/**
 * Records the result of a refund on the subscription whose payment it refunds; does nothing for other payments. A
 * refund that the subscription ordered was made, or failed and is owed from then on. A refund that the partner ordered
 * reduces the owed amount. A repeat records nothing.
 */
export async function recordRefundResult(input: RecordRefundResultInput): Promise<void> {
  const { database, tenantId, refundId, result, at } = input;
  const refund = await database.models.refunds.findOne({ _id: refundId, tenantId }).lean();
  // A success that has been followed by a failure is not announced any more.
  if (!refund || (result === 'succeeded' && refund.state === 'failed')) return;
  const isOwn = refund.parentId !== null && isId('subscription', refund.parentId);
  const subscriptionId = isOwn ? refund.parentId : await findSubscriptionId(database, refund);
  if (subscriptionId === null) return;
  const step = stepOf(refundId, result);
  try {
    await changeSubscription({ database, tenantId, subscriptionId, step, at }, (subscription) => {
      const about = { database, subscription, refund };
      if (!isOwn) return partnerRefunded(about, result);
      return result === 'succeeded' ? refundMade(about) : refundFailed(about);
    });
  } catch (error) {
    if (!(error instanceof NothingToRecord)) throw error;
  }
}

const stepOf = (refundId: string, result: RefundResult): string => `refund/${refundId}/${result}`;

async function findSubscriptionId({ models }: Database, { tenantId, paymentId }: Refund): Promise<string | null> {
  const invoice = await models.invoices
    .findOne({ tenantId, 'attempts.paymentId': paymentId }, { subscriptionId: 1 })
    .lean();
  return invoice?.subscriptionId ?? null;
}

interface AboutRefund {
  database: Database;
  subscription: Subscription;
  refund: Refund;
}

const dataOf = ({ _id: refundId, paymentId, amount: { amountMinor } }: Refund) => ({
  refundId,
  paymentId,
  amountMinor,
});

const refundMade = ({ subscription, refund }: AboutRefund): SubscriptionChange => ({
  event: { type: 'subscription.refunded', data: dataOf(refund) },
  mails: [mailOf(subscription, 'subscriptionRefunded', { amountMinor: refund.amount.amountMinor })],
});

function refundFailed({ database, subscription, refund }: AboutRefund): SubscriptionChange {
  const owed = addMoney(subscription.owed, refund.amount);
  return {
    set: { owed },
    event: {
      type: 'subscription.refund_failed',
      data: { ...dataOf(refund), reason: refund.failure, owedMinor: owed.amountMinor },
    },
    mails: [mailOf(subscription, 'refundFailed', { amountMinor: refund.amount.amountMinor })],
    alongside: (session) => listOwed({ database, session, subscription, owed }),
  };
}

/** A refund that the partner ordered settles the owed amount; a late failure of that refund is owed again. */
async function partnerRefunded(about: AboutRefund, result: RefundResult): Promise<SubscriptionChange> {
  const { database, subscription, refund } = about;
  if (result === 'failed') throw new NothingToRecord();
  if (result === 'failed_late') {
    const { tenantId, _id: entityId } = subscription;
    const step = stepOf(refund._id, 'succeeded');
    const settled = await database.models.events.findOne({ tenantId, entityId, step }, { data: 1 }).lean();
    if (typeof settled?.data.amountMinor !== 'number') throw new NothingToRecord();
    const amount = { ...refund.amount, amountMinor: settled.data.amountMinor };
    return refundFailed({ ...about, refund: { ...refund, amount } });
  }
  if (await isOlderThanDebt(about)) throw new NothingToRecord();
  const amount = minMoney(subscription.owed, refund.amount);
  if (amount.amountMinor === 0) throw new NothingToRecord();
  const owed = subtractMoney(subscription.owed, amount);
  return {
    set: { owed },
    event: {
      type: 'subscription.owed_refunded',
      data: { ...dataOf(refund), amountMinor: amount.amountMinor, owedMinor: owed.amountMinor },
    },
    alongside: (session) => listOwed({ database, session, subscription, owed }),
  };
}

/** Returns true for a refund that was ordered before the latest debt came about: it does not settle that debt. */
async function isOlderThanDebt({ database, subscription, refund }: AboutRefund): Promise<boolean> {
  const { tenantId, _id: entityId } = subscription;
  const debt = await database.models.events
    .findOne(
      {
        tenantId,
        entityId,
        'data.owedMinor': { $gt: 0 },
        type: { $in: ['subscription.refund_failed', 'subscription.cancelled', 'subscription.closed'] },
      },
      { at: 1 },
    )
    .sort({ version: -1 })
    .lean();
  return debt !== null && refund.createdAt < debt.at;
}
