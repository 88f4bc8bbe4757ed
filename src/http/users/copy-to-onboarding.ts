import type { ClientSession } from 'mongoose';
import type { Database } from '../../models/database';
import type { User } from '../../models/users/user';

/** The fields of a user that its onboarding shows as they are now. */
const shown = ['name', 'locale', 'timeZone'] as const;

export interface CopyToOnboardingInput {
  database: Database;
  session: ClientSession;
  user: Pick<User, 'tenantId' | 'onboardingId'>;
  /** The changes of the user. */
  set: Partial<User>;
}

/**
 * Copies changes of a user to its onboarding, so that a list of onboardings reads no users. The onboarding's own
 * version stays: the version that callers see contains the user's (`withCurrentUsers`).
 */
export async function copyToOnboarding({ database, session, user, set }: CopyToOnboardingInput): Promise<void> {
  const changed = shown.filter((field) => set[field] !== undefined);
  if (changed.length === 0) return;
  await database.models.onboardings.updateOne(
    { _id: user.onboardingId, tenantId: user.tenantId },
    { $set: Object.fromEntries(changed.map((field) => [field, set[field]])) },
    { session },
  );
}
