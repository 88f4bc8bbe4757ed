import { newId } from '../../domain/ids';
import { tenantIdOf, type Mode } from '../../domain/tenant';
import type { Database } from '../../models/database';
import type { Partner } from '../../models/partners/partner';

export interface SeedPartnerInput {
  database: Database;
  changes?: Partial<Partner>;
  /** Defaults to `sandbox`. */
  mode?: Mode;
}

/** Writes a partner. Returns its id and that of its tenant in `mode`. */
export async function seedPartner({ database, changes, mode = 'sandbox' }: SeedPartnerInput) {
  const partnerId = newId('partner');
  const now = new Date();
  await database.models.partners.create({
    _id: partnerId,
    name: 'Test Partner',
    timeZone: 'UTC',
    locale: 'en',
    reviewers: [],
    metadata: {},
    version: 1,
    createdAt: now,
    updatedAt: now,
    ...changes,
  });
  return { partnerId, tenantId: tenantIdOf({ partnerId, mode }) };
}
