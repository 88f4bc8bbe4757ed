import { endedReviewStates, listingReviewStates } from '../../domain/listings/review';
import { defineProcess, type ProcessEntity } from '../process';
import { taskQueues } from '../task-queues';
import * as contract from './review';

export const listingReviewProcess = defineProcess({
  about:
    'Reviews one revision of a listing: checks it, and waits for a person where the checks or the policy want one. ' +
    'The end of the review moves the listing in the same transaction. After an approval the run puts the listing ' +
    'into the search index, retried until done.\n\n' +
    '`listingApprovalWorkflow` is the same workflow under a second name. Started by hand without an accepted review, ' +
    'the workflow fails with `NOT_FOUND` and changes nothing. The signals `approve` and `reject` decide on the ' +
    "run's own revision.",
  contract,
  entityType: 'listing_review',
  workflowType: contract.LISTING_APPROVAL,
  taskQueue: taskQueues.listings,
  workflowId: ({ _id }) => contract.listingApprovalId(_id),
  input: ({ _id: reviewId, tenantId, correlationId }: ProcessEntity): contract.ListingApprovalInput => ({
    tenantId,
    reviewId,
    correlationId,
  }),
  states: listingReviewStates,
  endedStates: endedReviewStates,
  firstState: 'checking',
  // The run of an approved review publishes its listing.
  unfinished: { unindexed: true },
});
