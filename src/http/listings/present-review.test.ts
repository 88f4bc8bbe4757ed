import type { Models } from '../../models/define-models';
import type { ListingReview } from '../../models/listings/listing-review';
import { presentReviews } from './present-review';

const models = {
  listings: { find: () => ({ lean: async () => [] }) },
  listingRevisions: { find: () => ({ lean: async () => [] }) },
} as unknown as Models;

const escalated = {
  _id: 'lrv_1',
  state: 'escalated',
  queuedSince: new Date('2027-01-01T00:00:00Z'),
  escalatedAt: new Date('2027-01-03T00:00:00Z'),
  createdAt: new Date('2027-01-01T00:00:00Z'),
  updatedAt: new Date('2027-01-03T00:00:00Z'),
  claimedBy: null,
  claimedUntil: new Date(0),
  lastRejection: null,
  decision: null,
} as unknown as ListingReview;

it.each([
  ['2027-01-03T12:00:00Z', '2027-01-04T00:00:00.000Z'],
  ['2027-01-04T00:00:01Z', null],
])('an escalated review waits for a reviewer until silence decides: at %s', async (now, until) => {
  const [body] = await presentReviews({ models, tenantId: 't', reviews: [escalated], at: new Date(now) });
  expect(body!.waitingFor).toEqual({ what: "a reviewer's decision", until });
});
