import { newId } from '../../../../domain/ids';

const HOUR = 3_600_000;

interface DueListingInput {
  tenantId: string;
  /** The midnight of UTC at which the listing is over. */
  midnight: Date;
}

/** Returns a stored listing that ends at a midnight, and whose owner is to be notified of that in the morning. */
export function dueListing({ tenantId, midnight }: DueListingInput) {
  const _id = newId('listing');
  return {
    _id,
    tenantId,
    refKey: `id:${_id}`,
    state: 'live',
    version: 1,
    correlationId: 'c-1',
    updatedAt: new Date(0),
    ownerUserId: newId('user'),
    lastDay: new Date(midnight.getTime() - 1).toISOString().slice(0, 10),
    expiresAt: midnight,
    endSetAt: new Date(0),
    remindedDays: null,
    nextNoticeAt: new Date(midnight.getTime() + 9 * HOUR),
  };
}
