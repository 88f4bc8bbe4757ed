import { casesOf } from '../../../src/testing/long-form';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { outcomeOf } from '../../../src/testing/worlds/sent-command';
import { bike, openReviewWorld, type ReviewWorld } from './review-world';

const ROUNDS = casesOf({ short: 20, long: 200 });
const ENDS = ['approved', 'rejected', 'superseded', 'cancelled'];

let world: ReviewWorld;
beforeAll(async () => {
  quietTemporal();
  world = await openReviewWorld();
});
afterAll(() => world.close());

/** Sends the four at once, each in its turn a little later than the others, so that each is sometimes the first. */
async function race(round: number) {
  const { listingId, reviewId } = await world.submitted();
  await world.until(reviewId, 'queued');
  const moves = [
    () => outcomeOf(() => world.command(reviewId, 'approveListing', { reviewer: 'mona' })),
    () => outcomeOf(() => world.command(reviewId, 'rejectListing', { reviewer: 'otto', reason: 'quality' })),
    () => outcomeOf(() => world.move(listingId, 'withdraw')),
    () => outcomeOf(() => world.edit(listingId, { title: 'A bicycle with another title' })),
  ];
  const order = moves.map((_move, index) => (index + round) % moves.length);
  const results = await Promise.all(order.map((index) => moves[index]!().then((result) => [index, result] as const)));
  const [approve, reject, withdraw, edit] = results.toSorted(([one], [other]) => one - other).map(([, one]) => one);
  return { listingId, reviewId, approve: approve!, reject: reject!, withdraw: withdraw!, edit: edit! };
}

it('of approval, rejection, withdrawal and edit at once, one ends the review and the rest are told', async () => {
  const ends: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { listingId, reviewId, ...sent } = await race(round);
    const review = await world.readReview(reviewId);
    const listing = await world.readListing(listingId);
    const events = (await world.timeline(reviewId)).filter((type) => ENDS.includes(type));
    expect(events).toEqual([review.state]);
    ends.push(review.state);

    const decided = [sent.approve, sent.reject].filter(({ outcome }) => outcome !== null);
    expect(decided.map(({ outcome }) => outcome!.state)).toEqual(review.decision ? [review.state] : []);
    for (const { code } of [sent.approve, sent.reject])
      expect([null, 'REVIEW_NOT_OPEN', 'REVISION_CHANGED']).toContain(code);
    expect([null, 'LISTING_NOT_LIVE']).toContain(sent.withdraw.code);
    expect(sent.edit.code).toBeNull();

    expect(listing.live?.title ?? null).toBe(review.state === 'approved' ? bike.title : null);
    expect(listing.draft?.title).toBe('A bicycle with another title');
    const open = await world.database.models.listingReviews.find({ listingId, endedAt: null }).lean();
    expect(open.map(({ _id }) => _id)).toEqual(listing.reviewId === null ? [] : [listing.reviewId]);
    expect(await world.handle(reviewId).result()).toBe(review.state);
  }
  expect(new Set(ends).size).toBeGreaterThan(1);
}, 300_000);
