import type { ClientSession } from 'mongoose';
import { milestonesOf, type Milestone } from '../../../domain/subscriptions/mrr/milestone';
import { kindOfMovement, mrrChangeOf, type MrrChange } from '../../../domain/subscriptions/mrr/movement';
import { movementId } from '../../../domain/subscriptions/mrr/rebuild';
import type { Database } from '../../../models/database';
import type { Subscription } from '../../../models/subscriptions/subscription';
import { insertDocuments } from '../../insert-documents';

/** What a step changes that reports count. */
export interface SubscriptionFacts {
  change: MrrChange | null;
  milestones: Milestone[];
  /** The fields of the subscription that keep up with its movements. */
  set: Pick<Subscription, 'mrrMinor'>;
}

/** Returns the facts of a step: nothing for most steps, a renewal's among them. */
export function factsOf(before: Subscription, after: Subscription): SubscriptionFacts {
  const change = mrrChangeOf(before, after);
  return {
    change,
    milestones: milestonesOf(before, after),
    set: change ? { mrrMinor: change.afterMinor } : {},
  };
}

export interface RecordFactsInput {
  database: Database;
  /** The transaction of the step. */
  session: ClientSession;
  /** The subscription before the step. */
  subscription: Subscription;
  facts: SubscriptionFacts;
  /** The step's business time. */
  at: Date;
}

/**
 * Writes the MRR movement and the milestones of a step within its transaction. Steps without facts cost nothing.
 * @throws a MongoError with code 11000 where another step has just opened the customer's balance: the step is decided
 *   again.
 */
export async function recordFacts({ database, session, subscription, facts, at }: RecordFactsInput): Promise<void> {
  const { models } = database;
  const { change, milestones } = facts;
  const { _id: subscriptionId, tenantId, version, item } = subscription;
  const key = movementId(subscriptionId, version + 1);
  const about = { tenantId, subscriptionId, at, recordedAt: new Date() };
  if (milestones.length > 0)
    await insertDocuments({
      model: models.subscriptionMilestones,
      documents: milestones.map(({ kind, invoiceId }) => ({
        ...about,
        _id: `${key}/${kind}`,
        kind,
        invoiceId,
        planId: item.planId,
        currency: item.plan.amount.currency,
      })),
      session,
    });
  if (!change) return;
  const customer = subscription.customerId ?? subscription.userId ?? subscriptionId;
  const { currency, planIdBefore, planId, beforeMinor, afterMinor, reason } = change;
  const deltaMinor = afterMinor - beforeMinor;
  const balance = await models.customerMrr
    .findOneAndUpdate(
      { _id: `${tenantId}/${currency}/${customer}`, tenantId },
      { $inc: { valueMinor: deltaMinor, movements: 1 } },
      { session, upsert: true, returnDocument: 'after' },
    )
    .lean()
    .orFail();
  const kind = kindOfMovement(change, {
    valueMinor: balance.valueMinor - deltaMinor,
    movements: balance.movements - 1,
  });
  await insertDocuments({
    model: models.mrrMovements,
    documents: [
      {
        ...about,
        _id: key,
        customer,
        currency,
        kind,
        planIdBefore,
        planId,
        beforeMinor,
        afterMinor,
        deltaMinor,
        customerMinor: balance.valueMinor,
        customerMovement: balance.movements,
        reason,
      },
    ],
    session,
  });
}
