import type { ActivityDependencies } from '../dependencies';
import type { SweepScope } from '../../src/contracts/listings/expiration';
import type { ReviewStepInput } from '../../src/contracts/listings/review-activities';
import { createClock } from '../../src/services/clock';
import { forgetApprovedListing, publishApprovedListing } from '../../src/services/listings/search/publish-approved';
import { removeOver } from '../../src/services/listings/search/remove-over';
import { timeOfSweep } from './expirations';

/** As many as a page of a sweep expires. */
const MAX_REMOVED = 500;

/**
 * The steps that put listings into the search index and take them out. Versions decide in the index, so each may run
 * any number of times.
 */
export const createListingSearchActivities = ({ database, listingSearch: search }: ActivityDependencies) => {
  const clock = createClock({ database });
  return {
    /** Puts the approved listing into the search index. The events of the listing keep it there from then on. */
    async publishToSearchIndex({ tenantId, reviewId }: ReviewStepInput): Promise<void> {
      await publishApprovedListing({ database, search, tenantId, reviewId });
    },

    /**
     * Of a review: undoes the publication of a run that was cancelled meanwhile, which takes the listing out of the
     * index, unless buyers see the listing, because an approval stays whatever happens to its run. Of a sweep: takes
     * out the listings that a page of it has expired.
     */
    async removeFromSearchIndex(input: ReviewStepInput | SweepScope): Promise<void> {
      const { tenantId } = input;
      if ('reviewId' in input) {
        await forgetApprovedListing({ database, search, tenantId: input.tenantId, reviewId: input.reviewId });
        return;
      }
      await removeOver({ database, search, tenantId, at: await timeOfSweep(clock, input), limit: MAX_REMOVED });
    },
  };
};
