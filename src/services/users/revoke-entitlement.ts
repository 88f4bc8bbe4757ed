import type { ClientSession } from 'mongoose';
import type { Database } from '../../models/database';

export interface RevokeEntitlementInput {
  database: Database;
  session: ClientSession;
  tenantId: string;
  onboardingId: string;
  at: Date;
}

/**
 * Revokes the welcome package of an onboarding within the caller's transaction; does nothing where none was granted.
 */
export async function revokeEntitlement({
  database,
  session,
  tenantId,
  onboardingId,
  at,
}: RevokeEntitlementInput): Promise<void> {
  await database.models.entitlements.updateOne(
    { tenantId, onboardingId, state: 'active' },
    { $set: { state: 'revoked', updatedAt: at }, $inc: { version: 1 } },
    { session },
  );
}
