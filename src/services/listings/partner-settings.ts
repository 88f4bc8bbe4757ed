import type { ClientSession } from 'mongoose';
import { partnerListingsOf, type PartnerListings } from '../../domain/listings/partner-listings';
import { tenantOf } from '../../domain/tenant';
import type { Database } from '../../models/database';

export interface FindListingSettingsInput {
  database: Pick<Database, 'models'>;
  session?: ClientSession;
  tenantId: string;
}

export interface PartnerListingSettings extends PartnerListings {
  timeZone: string;
  /** Addresses of the partner's reviewers. */
  reviewers: string[];
}

/** Returns a partner's settings of listings, with the defaults for those that were never set. */
export async function findListingSettings({
  database: { models },
  session,
  tenantId,
}: FindListingSettingsInput): Promise<PartnerListingSettings> {
  const { timeZone, reviewers, listings } = await models.partners
    .findById(tenantOf(tenantId).partnerId, { timeZone: 1, reviewers: 1, listings: 1 })
    .session(session ?? null)
    .lean()
    .orFail();
  return { ...partnerListingsOf(listings), timeZone, reviewers };
}
