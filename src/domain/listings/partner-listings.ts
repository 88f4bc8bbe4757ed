import { listingSettingsOf, requireListingSettings, type ListingSettings } from './checks/listing-settings';
import { defaultExpirySettings, storedExpirySettings, type ExpirySettings } from './expiry/expiry-settings';
import { defaultReviewSettings, type ReviewSettings } from './review-settings';

/** A partner's settings of listings: of the checks, of what happens around a review, and of the end. */
export interface PartnerListings extends ListingSettings, ReviewSettings, ExpirySettings {}

/** Returns the settings with the default of each that was never set. */
export const partnerListingsOf = (stored: Partial<PartnerListings> | null | undefined): PartnerListings => ({
  ...defaultReviewSettings,
  ...defaultExpirySettings,
  ...stored,
  ...listingSettingsOf(stored ?? undefined),
});

/** Returns settings that a partner sent, for storage. @throws DomainError as `requireListingSettings` */
export function requirePartnerListings(sent: Partial<PartnerListings>): Partial<PartnerListings> {
  const stored = storedExpirySettings(sent);
  return { ...stored, ...requireListingSettings(stored) };
}
