import { createHash } from 'node:crypto';
import { newId } from '../../domain/ids';
import { normaliseEmail } from '../../domain/values/email';
import { openStuckItem } from '../operator/stuck-items';
import { findHeldAddress, findHolder, holdAddress, isTakenAddress, type AddressInput } from './held-address';

/** The user of an item whose address no known user has had. */
const UNKNOWN_USER = 'unknown';

/**
 * Puts a refused address that no user holds on the operator's list: its document has no user, or the index and the
 * documents disagree, so every further claim would be refused too. Returns false, and lists nothing, where a user holds
 * the address, or nobody does any more.
 */
export async function listBlockedAddress(input: AddressInput): Promise<boolean> {
  if ((await findHolder(input)) || (await canBeHeld(input)) || (await findHolder(input))) return false;
  const { database, tenantId, email } = input;
  const emailKey = normaliseEmail(email);
  const last = await database.models.users
    .findOne({ tenantId, emailKey }, { _id: 1 })
    .sort({ createdAt: -1, _id: -1 })
    .lean();
  const orphan = await findHeldAddress(input);
  // A hash, because the address is personal data.
  const address = createHash('sha256').update(`${tenantId}\0${emailKey}`).digest('hex');
  await openStuckItem({
    database,
    tenantId,
    kind: 'address_blocked',
    entityType: 'user',
    entityId: last?._id ?? UNKNOWN_USER,
    subject: `address/${address}`,
    detail: orphan
      ? `The document ${orphan._id} of held_addresses claims an address for a user who does not exist`
      : 'The unique index one_user_per_address of held_addresses refuses an address that no document of it has',
  });
  return true;
}

class NotRefused extends Error {}

/** Claims the address in a transaction that is always aborted. */
async function canBeHeld(input: AddressInput): Promise<boolean> {
  try {
    await input.database.inTransaction(async (session) => {
      await holdAddress({ ...input, session, userId: newId('user') });
      throw new NotRefused();
    });
  } catch (error) {
    if (error instanceof NotRefused) return true;
    if (!isTakenAddress(error)) throw error;
  }
  return false;
}
