import type { ClientSession } from 'mongoose';
import { normaliseEmail } from '../../domain/values/email';
import type { Database } from '../../models/database';
import { isDuplicateKey } from '../../models/duplicate-key';
import type { HeldAddress } from '../../models/users/held-address';
import type { User } from '../../models/users/user';
import { insertDocuments } from '../insert-documents';

interface AddressOfUserInput {
  database: Database;
  session: ClientSession;
  tenantId: string;
  userId: string;
}

/**
 * Claims an address for a user within the caller's transaction.
 * @throws MongoError for which `isTakenAddress` returns true, where another user holds the address.
 */
export async function holdAddress({
  database,
  session,
  tenantId,
  userId,
  email,
}: AddressOfUserInput & { email: string }): Promise<void> {
  const held = { _id: userId, tenantId, emailKey: normaliseEmail(email) };
  await insertDocuments({ model: database.models.heldAddresses, documents: [held], session });
}

/** Releases the address of a user within the caller's transaction; does nothing where the user holds none. */
export async function releaseAddress({ database, session, tenantId, userId }: AddressOfUserInput): Promise<void> {
  await database.models.heldAddresses.deleteOne({ _id: userId, tenantId }, { session });
}

/** True for the error of a claim to an address that is held already. */
export const isTakenAddress = (error: unknown): boolean => isDuplicateKey(error, 'one_user_per_address');

export interface AddressInput {
  database: Database;
  tenantId: string;
  email: string;
}

/**
 * Returns the user who holds an address; null when nobody does. Reads with the concern `local`: a claim that has just
 * been refused met a document that the majority of the servers may not have confirmed yet.
 */
export async function findHolder(input: AddressInput): Promise<User | null> {
  const { database, tenantId } = input;
  const held = await findHeldAddress(input);
  return held && database.models.users.findOne({ _id: held._id, tenantId }).readConcern('local').lean();
}

/** Returns the claim to an address, whether or not its user exists; null when there is none. Reads as `findHolder`. */
export const findHeldAddress = ({ database, tenantId, email }: AddressInput): Promise<HeldAddress | null> =>
  database.models.heldAddresses
    .findOne({ tenantId, emailKey: normaliseEmail(email) })
    .readConcern('local')
    .lean();
