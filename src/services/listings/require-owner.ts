import type { ClientSession } from 'mongoose';
import { DomainError } from '../../domain/domain-error';
import type { ListingOwner } from '../../domain/listings/listing';
import type { Database } from '../../models/database';

export interface HasUserInput {
  database: Pick<Database, 'models'>;
  session?: ClientSession;
  tenantId: string;
  userId: string;
}

/** Returns true if the tenant has a user with this id. */
export async function hasUser({ database: { models }, session, tenantId, userId }: HasUserInput): Promise<boolean> {
  const user = await models.users
    .findOne({ _id: userId, tenantId }, { _id: 1 })
    .session(session ?? null)
    .lean();
  return user !== null;
}

/**
 * Accepts the owner of a listing.
 * @throws DomainError `OWNER_INVALID` for two owners, `USER_UNKNOWN` for a user whom the tenant does not have
 */
export async function requireOwner(
  { ownerUserId, ownerRef }: ListingOwner,
  isUser: (userId: string) => Promise<boolean>,
): Promise<void> {
  if (ownerUserId === null) return;
  if (ownerRef !== null)
    throw new DomainError('OWNER_INVALID', 'A listing has one owner, ownerUserId or ownerRef: send only one of them.', {
      pointer: '/ownerRef',
    });
  if (await isUser(ownerUserId)) return;
  const detail = `There is no user ${ownerUserId}: send the id of one of yours, or ownerRef.`;
  throw new DomainError('USER_UNKNOWN', detail, { pointer: '/ownerUserId' });
}
