import { isId } from '../../domain/ids';
import { referenceOf } from '../../domain/listings/listing';
import { decidableStates, openReviewStates } from '../../domain/listings/review';
import type { Database } from '../../models/database';
import type { ListingReview } from '../../models/listings/listing-review';
import type { Clock } from '../../services/clock';
import { notFound, type CallOf, type Handlers } from '../handler';
import type { Call } from '../pipeline/request-context';
import { replyWithContentTag } from '../replies/etag';
import type { ListOrder, ListPage } from '../replies/list';
import { listEvents } from '../replies/list-events';
import { presentReviews } from './present-review';

export interface ReviewHandlersInput {
  database: Database;
  listPage: ListPage;
  clock: Clock;
}

type ReviewOperations = 'listListingReviews' | 'getListingReview' | 'listListingReviewEvents';

/** Reads the reviews of listings. */
export function reviewHandlers({ database, listPage, clock }: ReviewHandlersInput): Handlers<ReviewOperations> {
  const { models } = database;

  const find = async ({ tenantId, params }: Call<unknown, unknown, { reviewId: string }>): Promise<ListingReview> => {
    const { reviewId } = params;
    const review = isId('listingReview', reviewId)
      ? await models.listingReviews.findOne({ _id: reviewId, tenantId }).lean()
      : null;
    if (!review) throw notFound('listing review');
    return review;
  };

  return {
    async listListingReviews(call) {
      const { tenantId } = call;
      const at = await clock.now(tenantId);
      return listPage({
        call,
        model: models.listingReviews,
        filter: filterOf(call),
        current: claimsAt(call.query.state, at),
        by: oldestFirst,
        present: (reviews: ListingReview[]) => presentReviews({ models, tenantId, reviews, at }),
      });
    },

    async getListingReview(call) {
      const { tenantId } = call;
      const review = await find(call);
      const at = await clock.now(tenantId);
      const [body] = await presentReviews({ models, tenantId, reviews: [review], at });
      return replyWithContentTag(body!);
    },

    async listListingReviewEvents(call) {
      const { _id: entityId } = await find(call);
      return listEvents({ call, database, listPage, entityId, currency: null });
    },
  };
}

const oldestFirst: ListOrder = {
  order: 1,
  fields: [
    { name: 'queuedSince', kind: 'date' },
    { name: '_id', kind: 'text' },
  ],
};

function filterOf({ tenantId, query }: CallOf<'listListingReviews'>): Record<string, unknown> {
  const { state, claimedBy, category, overdue } = query;
  return {
    tenantId,
    ...(state === undefined ? {} : { state: state === 'claimed' ? { $in: [...decidableStates] } : state }),
    ...(claimedBy === undefined ? {} : { claimedBy: referenceOf(claimedBy) }),
    ...(category === undefined ? {} : { category }),
    ...(overdue === undefined ? {} : { overdue: overdue === 'true' }),
  };
}

type State = CallOf<'listListingReviews'>['query']['state'];

/** Returns the part of a filter by state that passes with time: a review is `claimed` while its claim lasts. */
function claimsAt(state: State, at: Date): Record<string, unknown> {
  if (state === 'claimed') return { claimedUntil: { $gt: at } };
  const isOpen = (openReviewStates as readonly (string | undefined)[]).includes(state);
  return isOpen && state !== 'checking' ? { claimedUntil: { $lte: at } } : {};
}
