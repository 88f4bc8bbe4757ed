import { defaultSuspendedUsers } from '../../domain/subscriptions/suspended-users';
import { tenantOf } from '../../domain/tenant';
import type { Database } from '../../models/database';
import type { Subscription } from '../../models/subscriptions/subscription';
import type { SubscriptionChange } from './change-subscription';
import { endSubscription } from './end-subscription';

/** No period is billed to the user of the subscription; {@link withholdRenewal} returns the change instead. */
export class RenewalWithheld extends Error {}

export interface WithheldRenewalInput {
  database: Database;
  subscription: Subscription;
}

/** Throws {@link RenewalWithheld} where no new period is billed to the subscription's user. */
export async function requireBillable(input: WithheldRenewalInput): Promise<void> {
  const withheld = await findWithheld(input);
  if (withheld) throw new RenewalWithheld(`the user of ${input.subscription._id} is ${withheld}`);
}

/**
 * Returns the change that takes the place of a new period: the subscription of a suspended user is paused, where the
 * partner has not decided otherwise, and that of a cancelled user ends. Null where the period is billed.
 */
export async function withholdRenewal({
  at,
  ...input
}: WithheldRenewalInput & { at: string }): Promise<SubscriptionChange | null> {
  switch (await findWithheld(input)) {
    case 'suspended':
      return {
        to: 'paused',
        set: { resumeAt: null, charge: null },
        event: { type: 'subscription.paused', data: { resumeAt: null, reason: 'user_suspended' } },
      };
    case 'cancelled':
      return endSubscription({ ...input, invoiceBecomes: 'void', reason: 'user_cancelled', at });
    default:
      return null;
  }
}

/** Returns the state of the user for which no new period is billed; null where the period is billed. */
async function findWithheld({
  database: { models },
  subscription: { tenantId, userId },
}: WithheldRenewalInput): Promise<'suspended' | 'cancelled' | null> {
  if (userId === null) return null;
  const user = await models.users.findOne({ _id: userId, tenantId }, { state: 1 }).lean();
  if (user?.state === 'cancelled') return 'cancelled';
  if (user?.state !== 'suspended') return null;
  const { suspendedUsers } = await models.partners
    .findById(tenantOf(tenantId).partnerId, { suspendedUsers: 1 })
    .lean()
    .orFail();
  return (suspendedUsers ?? defaultSuspendedUsers) === 'pause' ? 'suspended' : null;
}
