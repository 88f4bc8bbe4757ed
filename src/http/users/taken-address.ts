import { DomainError } from '../../domain/domain-error';
import { hasEnded } from '../../domain/users/onboarding';
import { normaliseEmail } from '../../domain/values/email';
import type { Database } from '../../models/database';

export interface ExplainTakenAddressInput {
  database: Database;
  tenantId: string;
  email: string;
}

/**
 * Returns the problem that names the holder of an address which the unique index refused; null when nobody holds the
 * address any more.
 */
export async function explainTakenAddress({
  database,
  tenantId,
  email,
}: ExplainTakenAddressInput): Promise<DomainError | null> {
  const { users, onboardings } = database.models;
  const user = await users.findOne({ tenantId, emailKey: normaliseEmail(email), holdsEmail: true }).lean();
  if (!user) return null;
  const onboarding = await onboardings.findOne({ _id: user.onboardingId, tenantId }, { state: 1 }).lean();
  if (onboarding && !hasEnded(onboarding.state)) {
    return new DomainError(
      'ONBOARDING_OPEN',
      `An onboarding for this address is ${onboarding.state}. Continue that one, or cancel it first.`,
      { conflictsWith: onboarding._id },
    );
  }
  return new DomainError('EMAIL_TAKEN', `The address belongs to a user who is ${user.state}. Use another address.`, {
    conflictsWith: user._id,
  });
}
