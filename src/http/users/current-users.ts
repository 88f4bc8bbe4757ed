import type { ClientSession } from 'mongoose';
import type { Models } from '../../models/define-models';
import type { Onboarding } from '../../models/users/onboarding';

/** What an onboarding is read for: at least whose it is, and at which version. */
type UserOwned = Pick<Onboarding, 'userId' | 'version'>;

export interface WithCurrentUsersInput<Item extends UserOwned> {
  models: Pick<Models, 'users'>;
  tenantId: string;
  onboardings: readonly Item[];
  session?: ClientSession;
}

/**
 * Onboardings with the name, locale and time zone that their users have now. The version becomes that of both: each
 * only grows, so their sum tells every change of either.
 */
export async function withCurrentUsers<Item extends UserOwned>({
  models,
  tenantId,
  onboardings,
  session,
}: WithCurrentUsersInput<Item>): Promise<Item[]> {
  const users = await models.users
    .find(
      { tenantId, _id: { $in: onboardings.map(({ userId }) => userId) } },
      { name: 1, locale: 1, timeZone: 1, version: 1 },
      { session: session ?? null },
    )
    .lean();
  const byId = new Map(users.map((user) => [user._id, user]));
  return onboardings.map((onboarding) => {
    const user = byId.get(onboarding.userId);
    if (!user) return onboarding;
    const { name, locale, timeZone } = user;
    // A new user is at version 1, as its onboarding is.
    return { ...onboarding, name, locale, timeZone, version: onboarding.version + user.version - 1 };
  });
}
