import type { ActivityDependencies } from '../dependencies';
import type { ReviewStepInput } from '../../src/contracts/listings/review-activities';
import { forgetApprovedListing, publishApprovedListing } from '../../src/services/listings/search/publish-approved';

/** The steps of a review after its approval. Versions decide in the index, so both may run any number of times. */
export const createListingSearchActivities = ({ database, listingSearch: search }: ActivityDependencies) => ({
  /** Puts the approved listing into the search index. The events of the listing keep it there from then on. */
  async publishToSearchIndex({ tenantId, reviewId }: ReviewStepInput): Promise<void> {
    await publishApprovedListing({ database, search, tenantId, reviewId });
  },

  /**
   * Undoes the publication of a run that was cancelled meanwhile: takes the listing out of the index, unless buyers see
   * the listing, because an approval stays whatever happens to its run.
   */
  async removeFromSearchIndex({ tenantId, reviewId }: ReviewStepInput): Promise<void> {
    await forgetApprovedListing({ database, search, tenantId, reviewId });
  },
});
