import { checkListing } from '../../../domain/listings/checks/check-listing';
import type { ImageProbes } from '../../../domain/listings/checks/image-rules';
import { newestContent } from '../../../domain/listings/edit-listing';
import type { ListingReview } from '../../../models/listings/listing-review';
import { findEntity } from '../../find-entity';
import { applyStep, type StepResult } from '../../apply-step';
import { findCategory } from '../find-category';
import { findDuplicates } from '../find-duplicates';
import { findListingSettings } from '../partner-settings';
import { stepOfReview, type ReviewChangeInput } from './review-step';

export interface CheckReviewInput extends ReviewChangeInput {
  /** The review as the transaction sees it. */
  review: Pick<ListingReview, '_id' | 'listingId' | 'revision'>;
  imageProbes: ImageProbes;
}

/**
 * Checks the revision of a review by every rule, and records the result, within the caller's transaction. The data of
 * the step have the outcome; those of a repeat have the first one.
 */
export async function checkReview(input: CheckReviewInput): Promise<StepResult> {
  const { database, session, change, review, imageProbes } = input;
  const { tenantId } = change;
  const listing = await findEntity({
    database,
    session,
    tenantId,
    entityType: 'listing',
    entityId: review.listingId,
  });
  const { _id: listingId, ownerKey } = listing;
  const content = newestContent(listing);
  const category = await findCategory({ database, session, tenantId, slug: content.category });
  const {
    version: checksVersion,
    score,
    findings,
    outcome,
  } = checkListing({
    content,
    category: category ?? { attributes: [], price: null, review: null },
    settings: await findListingSettings({ database, session, tenantId }),
    listingId,
    duplicates: await findDuplicates({ database, tenantId, content, ownerKey, listingId }),
    imageProbes,
  });
  const data = { score, findings: findings.length, outcome, revision: review.revision };
  return applyStep(
    database,
    {
      ...stepOfReview(change),
      from: ['checking'],
      set: { checksVersion, score, findings },
      event: { type: 'listing_review.checked', data },
      alongside: async (within, at) => {
        await applyStep(
          database,
          {
            tenantId,
            entityType: 'listing',
            entityId: listingId,
            step: `review/${review._id}/checked`,
            from: [listing.state],
            at: at.toISOString(),
            by: change.by,
            event: { type: 'listing.checked', data: { ...data, reviewId: review._id } },
          },
          within,
        );
      },
    },
    session,
  );
}
