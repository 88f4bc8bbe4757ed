import type { ClientSession } from 'mongoose';
import type { Models } from '../../models/define-models';
import type { Onboarding } from '../../models/users/onboarding';

/** An onboarding, or a projection with at least its user's id and its version. */
type UserOwned = Pick<Onboarding, 'userId' | 'version'>;

export interface WithCurrentUsersInput<Item extends UserOwned> {
  models: Pick<Models, 'users'>;
  tenantId: string;
  onboardings: readonly Item[];
  session?: ClientSession;
}

/**
 * Returns onboardings with the current name, locale and time zone of their users. The version becomes that of both:
 * each only grows, so their sum changes with either.
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
    // A new user has version 1, like its onboarding.
    return { ...onboarding, name, locale, timeZone, version: onboarding.version + user.version - 1 };
  });
}
