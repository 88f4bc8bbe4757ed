import type { Connection } from 'mongoose';
import { categorySlotSchema, type CategorySlot } from './category-slot';
import { listingCategorySchema, type ListingCategory } from './listing-category';
import { listingReviewSchema, type ListingReview } from './listing-review';
import { listingRevisionSchema, type ListingRevision } from './listing-revision';
import { listingSchema, type Listing } from './listing';
import type { SearchEntry } from '../../contracts/listings/search-entry';
import { reviewNoticeSchema, type ReviewNotice } from './review-notice';
import { searchEntrySchema } from './search-entry';

/** Defines the models of listings and their categories. */
export const listingsModels = (connection: Connection) => ({
  listingCategories: connection.model<ListingCategory>('ListingCategory', listingCategorySchema),
  categorySlots: connection.model<CategorySlot>('CategorySlot', categorySlotSchema),
  listings: connection.model<Listing>('Listing', listingSchema),
  listingRevisions: connection.model<ListingRevision>('ListingRevision', listingRevisionSchema),
  listingReviews: connection.model<ListingReview>('ListingReview', listingReviewSchema),
  reviewNotices: connection.model<ReviewNotice>('ReviewNotice', reviewNoticeSchema),
  listingSearchEntries: connection.model<SearchEntry>('ListingSearchEntry', searchEntrySchema),
});

/** The model by entity type. */
export const listingsEntityModels = {
  listing: 'listings',
  listing_review: 'listingReviews',
} as const;
