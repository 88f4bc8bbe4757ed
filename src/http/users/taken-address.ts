import { DomainError } from '../../domain/domain-error';
import { hasEnded } from '../../domain/users/onboarding';
import { listBlockedAddress } from '../../services/users/blocked-address';
import { findHolder, type AddressInput } from '../../services/users/held-address';

/**
 * Returns the problem behind an address that the unique index refused: its holder, or that only an operator can free
 * it; null when nobody holds the address any more.
 */
export async function explainTakenAddress(input: AddressInput): Promise<DomainError | null> {
  const { database, tenantId } = input;
  const user = await findHolder(input);
  if (!user) return (await listBlockedAddress(input)) ? addressBlocked() : null;
  const onboarding = await database.models.onboardings
    .findOne({ _id: user.onboardingId, tenantId }, { state: 1 })
    .readConcern('local')
    .lean();
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

const addressBlocked = (): DomainError =>
  new DomainError(
    'EMAIL_UNAVAILABLE',
    'No user has the address, but a fault on our side keeps it from being used. An operator has been notified and ' +
      'must free it. Use another address, or try again later.',
  );
