import { bulkListingHandlers, type BulkListingHandlersInput } from './bulk';
import { categoryHandlers, type CategoryHandlersInput } from './categories';
import { expirationHandlers, type ExpirationHandlersInput } from './expirations';
import { listingCommandHandlers, type ListingCommandHandlersInput } from './listing-commands';
import { listingHandlers, type ListingHandlersInput } from './listings';
import { reviewClaimHandlers, type ReviewClaimHandlersInput } from './review-claims';
import { reviewDecisionHandlers, type ReviewDecisionHandlersInput } from './review-decisions';
import { reviewHandlers, type ReviewHandlersInput } from './reviews';
import { searchHandlers, type SearchHandlersInput } from './search';

interface ListingsHandlersInput
  extends
    BulkListingHandlersInput,
    CategoryHandlersInput,
    ListingHandlersInput,
    ListingCommandHandlersInput,
    ExpirationHandlersInput,
    ReviewHandlersInput,
    ReviewClaimHandlersInput,
    ReviewDecisionHandlersInput,
    SearchHandlersInput {}

/** Returns the handlers of listings, their categories and their reviews. */
export const listingsHandlers = (input: ListingsHandlersInput) => ({
  ...bulkListingHandlers(input),
  ...categoryHandlers(input),
  ...listingHandlers(input),
  ...listingCommandHandlers(input),
  ...expirationHandlers(input),
  ...reviewHandlers(input),
  ...reviewClaimHandlers(input),
  ...reviewDecisionHandlers(input),
  ...searchHandlers(input),
});
