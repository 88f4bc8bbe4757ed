import { listingSettingsOf, requireListingSettings, type ListingSettings } from './checks/listing-settings';
import { defaultReviewSettings, type ReviewSettings } from './review-settings';

/** A partner's settings of listings: of the checks, and of what happens around a review. */
export interface PartnerListings extends ListingSettings, ReviewSettings {}

/** Returns the settings with the default of each that was never set. */
export const partnerListingsOf = (stored: Partial<PartnerListings> | null | undefined): PartnerListings => ({
  ...defaultReviewSettings,
  ...stored,
  ...listingSettingsOf(stored ?? undefined),
});

/** Returns settings that a partner sent, for storage. @throws DomainError as `requireListingSettings` */
export const requirePartnerListings = (sent: Partial<PartnerListings>): Partial<PartnerListings> => ({
  ...sent,
  ...requireListingSettings(sent),
});
