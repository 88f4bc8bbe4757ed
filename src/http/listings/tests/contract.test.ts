import { describeContract } from '../../../testing/contract/describe-contract';
import { cars, golf } from '../../../testing/contract/seed-listing';
import { seedReview } from '../../../testing/contract/seed-review';

const reviewer = 'moderator-3';
const images = [{ url: 'https://images.example/golf/1.jpg', alt: 'The car from the left' }];

describeContract({
  domain: 'listings',
  bodies: {
    putListingCategory: cars,
    createListing: { ...golf, images, ref: 'car-4711', ownerRef: 'dealer-17', durationDays: 30 },
    bulkListings: { mode: 'create', items: [golf] },
    checkListing: { ...golf, images },
    updateListing: { ...golf, images },
    submitListing: { submittedBy: 'clerk-7', renewDays: 30 },
    renewListing: { days: 30 },
    withdrawListing: { reason: 'sold' },
    suspendListing: { reviewer, reason: 'Reported as a scam' },
    reinstateListing: { reviewer, reason: 'The papers are in order' },
    expireDueListings: { dryRun: true },
    claimNextListingReview: { reviewer, category: 'cars' },
    claimListing: { reviewer },
    releaseListing: { reviewer },
    approveListing: { reviewer, revision: 1, comment: 'A fine car' },
    decideListingReviews: { reviewer, items: [{ listingId: 'lst_1', decision: 'approve', revision: 1 }] },
    rejectListing: {
      reviewer,
      revision: 1,
      reason: 'contact_details',
      comment: 'Please leave numbers out',
      fields: [{ pointer: '/description', comment: 'A number in the last line' }],
    },
  },
  seed: ({ api, tenant: { key } }) => seedReview({ api, key }),
});
