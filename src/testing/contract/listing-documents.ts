import { isSampleOf, samples, seedTimeOf, type SeedDocument } from './list-documents';

export interface ListingDocumentsInput {
  tenantId: string;
  /** Documents of each collection; a multiple of 20. */
  count: number;
  /** A category, a listing, its revision and its review that the API made, of which the seeds are copies. */
  templates: Record<'listing_categories' | 'listings' | 'listing_revisions' | 'listing_reviews', SeedDocument>;
}

/** Returns the document at an index of each collection of listings, whose last changes are spread over three months. */
export function listingDocuments({ tenantId, count, templates }: ListingDocumentsInput) {
  const idOf = (index: number): string => `lst_0100${String(index).padStart(22, '0')}`;
  const ownerOf = (index: number) => {
    if (isSampleOf(index, count)) return { ownerRef: samples.text, ownerKey: `ref:${samples.text}` };
    if (isSampleOf(index, count, 1)) return { ownerUserId: samples.user, ownerKey: `user:${samples.user}` };
    return { ownerRef: `owner-${index}`, ownerKey: `ref:owner-${index}` };
  };
  return {
    listing_categories: (index: number): SeedDocument => {
      const slug = `category-${index}`;
      return { ...templates.listing_categories, _id: `${tenantId}/${slug}`, slug };
    },
    listings: (index: number): SeedDocument => {
      const at = seedTimeOf(index, count);
      return {
        ...templates.listings,
        state: 'draft',
        reviewId: null,
        _id: idOf(index),
        ...ownerOf(index),
        refKey: index === 0 ? `ref:${samples.text}` : `id:${idOf(index)}`,
        category: index % 4 === 0 ? samples.text : `category-${index % 97}`,
        createdAt: at,
        updatedAt: at,
        touchedAt: at,
        expiresAt: at,
      };
    },
    listing_reviews: (index: number): SeedDocument => {
      const at = seedTimeOf(index, count);
      return {
        ...templates.listing_reviews,
        _id: idOf(index).replace('lst', 'lrv'),
        state: 'checking',
        listingId: idOf(index),
        category: index % 4 === 0 ? samples.text : `category-${index % 97}`,
        claimedBy: isSampleOf(index, count) ? samples.text : `reviewer-${index}`,
        overdue: index % 5 === 0,
        queuedSince: at,
        createdAt: at,
        updatedAt: at,
      };
    },
    listing_revisions: (index: number): SeedDocument => {
      const revision = index + 2;
      return { ...templates.listing_revisions, _id: `${String(templates.listings._id)}/${revision}`, revision };
    },
  };
}
