import { randomUUID } from 'node:crypto';
import { createFaultySteps, type Cell, type Mode } from '../../../src/testing/faults/faulty-steps';
import { inBatches } from '../../../src/testing/in-batches';
import { quietTemporal } from '../../../src/testing/servers/quiet-temporal';
import { tester } from '../../../src/testing/worlds/base-world';
import { openReviewWorld, type ReviewWorld } from './review-world';

/** No money moves here, so two modes stand for all: an answer that is lost, and a worker that dies. */
const modes = ['fails once after its effect', 'is killed after any of its effects'] as const satisfies Mode[];
const steps = ['validateListing', 'runAutomatedChecks', 'updateListingStatus', 'notifyReviewers'];
/** The step after an approval. */
const furtherSteps = { approveListing: ['publishToSearchIndex'], rejectListing: [] } as const;
const endings = { approveListing: 'approved', rejectListing: 'rejected' } as const;
type Decision = keyof typeof endings;

let world: ReviewWorld;
const faulty = createFaultySteps();
beforeAll(async () => {
  quietTemporal();
  world = await openReviewWorld({ wrap: faulty.wrap });
  faulty.attach(world);
});
afterAll(() => world?.close());

/** Returns the review of a listing of its own partner, which had the given fault, once its run has ended. */
async function reviewed(decision: Decision, cell?: Cell): Promise<string> {
  const { tenantId } = await world.newPartner({ reviewers: ['r1@partner.example', 'r2@partner.example'] });
  const { _id: listingId } = await world.create({}, tenantId);
  const reviewId = await world.submit(listingId, null, (id) => cell && faulty.set(id, cell));
  await world.until(reviewId, 'queued');
  await decide({ tenantId, reviewId, decision });
  expect(await world.handle(reviewId).result()).toBe(endings[decision]);
  return reviewId;
}

/** Sends the decision to the run itself: the api would find a recorded one without the run's answer. */
async function decide({ tenantId, reviewId, decision }: { tenantId: string; reviewId: string; decision: Decision }) {
  const commandId = randomUUID();
  const payload = { reviewer: 'mona', reason: 'quality' };
  const kept = { _id: commandId, tenantId, entityId: reviewId, payload, createdAt: new Date() };
  await world.database.models.commandPayloads.create(kept);
  const answer = await world.handle(reviewId).executeUpdate(decision, { args: [{ commandId, by: tester }] } as never);
  expect(answer).toMatchObject({ state: endings[decision] });
}

/** Returns all that a review leaves behind: its state and the listing's, their timelines, and the mails. */
async function standing(reviewId: string) {
  const { models } = world.database;
  const { tenantId, listingId, state, decision, unindexed } = await world.readReview(reviewId);
  const [entry] = await world.search.versionsOf([listingId]);
  const timelineOf = async (entityId: string) =>
    (await models.events.find({ tenantId, entityId }).sort({ version: 1 }).lean()).map(({ type }) => type);
  const listing = await world.readListing(listingId);
  return {
    state,
    reviewer: decision?.reviewer,
    listing: [listing.state, listing.live !== null, listing.reviewId],
    indexed: [unindexed, entry?.isShown, entry?.version === listing.version],
    timelines: [await timelineOf(reviewId), await timelineOf(listingId)],
    mails: await models.outbox.countDocuments({ tenantId, mail: { $ne: null } }),
    outstanding: faulty.outstanding(reviewId),
  };
}

describe.each(Object.keys(endings) as Decision[])('a review that ends by %s', (decision) => {
  it('leaves the same behind, once, whichever of its steps loses its answer or its worker', async () => {
    const undisturbed = await reviewed(decision);
    const expected = await standing(undisturbed);
    expect(expected).toMatchObject({ state: endings[decision], reviewer: 'mona', mails: 2 });
    const cells = modes.flatMap((mode) =>
      faulty.cells({ mode, steps: [...steps, decision, ...furtherSteps[decision]], like: undisturbed }),
    );
    const outcomes = await inBatches(
      cells,
      async (cell) => [`${cell.name} ${cell.mode}`, await standing(await reviewed(decision, cell))] as const,
    );
    expect(Object.fromEntries(outcomes)).toEqual(
      Object.fromEntries(cells.map((cell) => [`${cell.name} ${cell.mode}`, expected])),
    );
  });
});
