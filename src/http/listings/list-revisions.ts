import type { Database } from '../../models/database';
import type { ListingReview } from '../../models/listings/listing-review';
import { revisionIdOf, type ListingRevision } from '../../models/listings/listing-revision';
import type { Call, Reply } from '../pipeline/request-context';
import type { ListPage, ListQuery } from '../replies/list';
import { presentRevision } from './present-listing';

export interface ListRevisionsInput {
  call: Call<unknown, ListQuery>;
  database: Database;
  listPage: ListPage;
  /** Id of a listing that is known to be the caller's. */
  listingId: string;
}

/**
 * Returns a page of a listing's revisions, newest first, each with its differences to the one before and the decision
 * about it.
 */
export function listRevisions({ call, database, listPage, listingId }: ListRevisionsInput): Promise<Reply> {
  const { tenantId } = call;
  const { listingRevisions, listingReviews } = database.models;

  /** Returns the revision before a page's last; null where that is the first of all. */
  const beforeLast = async (items: readonly ListingRevision[]): Promise<ListingRevision | null> => {
    const oldest = items.at(-1);
    return oldest && oldest.revision > 1
      ? listingRevisions.findOne({ _id: revisionIdOf({ listingId, revision: oldest.revision - 1 }), tenantId }).lean()
      : null;
  };

  /** Returns the last review of each revision that decided on it; a revision that is submitted again has several. */
  const reviewsOf = async (items: readonly ListingRevision[]): Promise<Map<number, ListingReview>> => {
    const revisions = items.map(({ revision }) => revision);
    const decided = { tenantId, listingId, revision: { $in: revisions }, decision: { $ne: null } };
    const reviews = await listingReviews.find(decided).lean();
    const inOrder = reviews.toSorted((one, other) => (one._id < other._id ? -1 : 1));
    return new Map(inOrder.map((review) => [review.revision, review]));
  };

  return listPage({
    call,
    model: listingRevisions,
    filter: { tenantId, listingId },
    by: { order: -1, fields: [{ name: 'revision', kind: 'number' }] },
    async present(items: ListingRevision[]) {
      const [before, reviews] = [await beforeLast(items), await reviewsOf(items)];
      return items.map((revision, index) =>
        presentRevision({
          revision,
          before: items[index + 1] ?? before,
          review: reviews.get(revision.revision) ?? null,
        }),
      );
    },
  });
}
