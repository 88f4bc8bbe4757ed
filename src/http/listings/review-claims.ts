import { openReviewStates, requireNamed } from '../../domain/listings/review';
import { DomainError } from '../../domain/domain-error';
import type { ListingReview } from '../../models/listings/listing-review';
import { claimNext, claimReview, releaseReview } from '../../services/listings/reviews/claim-review';
import type { Database } from '../../models/database';
import { actorOf } from '../actor-of';
import type { Handlers } from '../handler';
import type { Reply } from '../pipeline/request-context';
import { replyWithContentTag } from '../replies/etag';
import type { Idempotency } from '../replies/idempotency';
import { findCalledListing, type ListingCall } from './find-listing';
import { presentReviews } from './present-review';

export interface ReviewClaimHandlersInput {
  database: Database;
  idempotency: Idempotency;
}

type ClaimOperations = 'claimListing' | 'releaseListing' | 'claimNextListingReview';

/** Claims and releases reviews: guarded writes by the api alone, because no process has to decide them. */
export function reviewClaimHandlers({ database, idempotency }: ReviewClaimHandlersInput): Handlers<ClaimOperations> {
  const reply = async (tenantId: string, review: ListingReview, at: Date): Promise<Reply> => {
    const [body] = await presentReviews({ models: database.models, tenantId, reviews: [review], at });
    return replyWithContentTag(body!);
  };

  const once = (call: ListingCall & { body: { reviewer: string } }, act: typeof claimReview): Promise<Reply> =>
    idempotency.acceptOnce({
      call,
      async write(session, commandId, at) {
        const { tenantId, caller, body } = call;
        const { _id } = await findOpenReview({ database, call });
        const change = {
          tenantId,
          reviewId: _id,
          step: `request/${commandId}`,
          at: at.toISOString(),
          by: actorOf(caller, 'review'),
        };
        return reply(tenantId, await act({ database, session, change, reviewer: requireNamed(body.reviewer) }), at);
      },
    });

  return {
    claimListing: (call) => once(call, claimReview),
    releaseListing: (call) => once(call, releaseReview),

    claimNextListingReview: (call) =>
      idempotency.acceptOnce({
        call,
        // Every caller wants the same one.
        contended: `${call.tenantId}/listing-reviews`,
        async write(session, commandId, at) {
          const { tenantId, caller, body } = call;
          const { category = null } = body;
          const reviewer = requireNamed(body.reviewer);
          const step = `request/${commandId}`;
          const by = actorOf(caller, 'review');
          const review = await claimNext({ database, session, tenantId, reviewer, category, step, by, at });
          return review ? reply(tenantId, review, at) : { status: 204, body: null };
        },
      }),
  };
}

/**
 * Returns the open review of the listing in a call's path.
 * @throws DomainError `NOT_FOUND`, `REVIEW_NOT_OPEN`
 */
export async function findOpenReview({
  database,
  call,
}: {
  database: Pick<Database, 'models'>;
  call: Pick<ListingCall, 'tenantId' | 'params'>;
}): Promise<ListingReview> {
  const { tenantId, reviewId } = await findCalledListing({ database, call });
  const review =
    reviewId === null
      ? null
      : await database.models.listingReviews
          .findOne({ _id: reviewId, tenantId, state: { $in: [...openReviewStates] } })
          .lean();
  if (!review)
    throw new DomainError('REVIEW_NOT_OPEN', 'No revision of the listing is under review: submit the listing first.');
  return review;
}
