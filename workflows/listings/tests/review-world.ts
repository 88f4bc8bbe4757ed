import { randomUUID } from 'node:crypto';
import { createMongoListingSearch } from '../../../src/clients/search/mongo-listing-search';
import { listingApprovalId, type ReviewCommand } from '../../../src/contracts/listings/review';
import { taskQueues } from '../../../src/contracts/task-queues';
import type { ReviewPolicy } from '../../../src/domain/listings/categories';
import type { ContentPatch } from '../../../src/domain/listings/content';
import type { Partner } from '../../../src/models/partners/partner';
import { acceptListing } from '../../../src/services/listings/accept-listing';
import { changeListing } from '../../../src/services/listings/change-listing';
import { findCategory } from '../../../src/services/listings/find-category';
import { moveListing, type MovingCommand } from '../../../src/services/listings/move-listing';
import { putCategory } from '../../../src/services/listings/put-category';
import { submitListing } from '../../../src/services/listings/submit-listing';
import { createReviewCommands } from '../../../src/temporal/commands/listings/review-commands';
import { advanceWorkflow } from '../../../src/temporal/time-skipping/time-skipping';
import { untilAnswered } from '../../../src/testing/platform/until-answered';
import { waitFor } from '../../../src/testing/wait-for';
import { openBaseWorld, PATIENT_STALL_MS, tester, type BaseWorldInput } from '../../../src/testing/worlds/base-world';

/** A bicycle whose words the checks let pass. */
export const bike = {
  title: 'Blue city bicycle with basket',
  description:
    'A comfortable bicycle for every day, ridden for two summers and kept dry. New tyres, new chain, working lights. ' +
    'The basket in front carries what you buy on the way home. Collect it in the evening.',
} as const;

export interface NewListing {
  /** Defaults to `always`. */
  policy?: ReviewPolicy;
  content?: Partial<ContentPatch>;
  ownerUserId?: string;
  ownerRef?: string;
  submittedBy?: string;
  durationDays?: number;
  lastDay?: string;
}

/** Opens reviews that run as in production, with clocks that the test advances. The partner has two reviewers. */
export async function openReviewWorld({
  partner = {},
  ...input
}: Pick<BaseWorldInput, 'wrap' | 'mode' | 'egress' | 'imageWaitsMs'> & { partner?: Partial<Partner> } = {}) {
  const reviewers = ['r1@partner.example', 'r2@partner.example'];
  const world = await openBaseWorld({
    ...input,
    taskQueues: [taskQueues.listings],
    partner: { reviewers, ...partner },
  });
  const { database, client, starter, clock } = world;
  const { models } = database;
  const send = createReviewCommands({ client, database, starter });
  const search = createMongoListingSearch({ model: models.listingSearchEntries });
  const about = { database, correlationId: 'c-1', by: tester };

  const readListing = (listingId: string) => models.listings.findById(listingId).lean().orFail();
  const readReview = (reviewId: string) => models.listingReviews.findById(reviewId).lean().orFail();
  const change = async <T>(work: Parameters<typeof database.inTransaction<T>>[0]) => database.inTransaction(work);

  return {
    ...world,
    search,
    send,
    readListing,
    readReview,
    /** Accepts a listing as the api does, in a category with the policy. */
    async create({ policy = 'always', content, ...input }: NewListing = {}, tenantId = world.tenantId) {
      const at = await clock.now(tenantId);
      const slug = `bikes-${policy}`;
      return change(async (session) => {
        const before = await findCategory({ database, session, tenantId, slug });
        const names = { en: 'Bikes', de: 'Räder' };
        const terms = { names, parent: null, attributes: [], price: null, durationDays: null, review: policy };
        await putCategory({ database, session, tenantId, slug, before, terms, at });
        return acceptListing({
          ...about,
          session,
          tenantId,
          content: { ...bike, category: slug, ...content },
          ownerUserId: input.ownerUserId ?? null,
          ownerRef: input.ownerRef ?? null,
          ref: null,
          durationDays: input.durationDays ?? null,
          lastDay: input.lastDay ?? null,
          at,
        });
      });
    },
    /** Submits a listing as the api does, and sends the start of its review. Returns the review's id. */
    async submit(
      listingId: string,
      submittedBy: string | null = null,
      beforeStart: (reviewId: string) => void = () => undefined,
    ): Promise<string> {
      const { tenantId } = await readListing(listingId);
      const at = await clock.now(tenantId);
      const { listing, row } = await change(async (session) =>
        submitListing({
          ...about,
          session,
          listing: (await models.listings.findById(listingId).session(session).lean())!,
          submittedBy,
          at,
        }),
      );
      beforeStart(listing.reviewId!);
      await starter.start(row);
      return listing.reviewId!;
    },
    /** Creates and submits a listing. */
    async submitted(input: NewListing = {}): Promise<{ listingId: string; reviewId: string }> {
      const { _id: listingId } = await this.create(input);
      return { listingId, reviewId: await this.submit(listingId, input.submittedBy) };
    },
    /** Edits a listing as the api does, and sends what it starts. */
    async edit(listingId: string, content: ContentPatch) {
      const { tenantId } = await readListing(listingId);
      const at = await clock.now(tenantId);
      const { listing } = await change(async (session) =>
        changeListing({
          ...about,
          session,
          listing: (await models.listings.findById(listingId).session(session).lean())!,
          content,
          duration: {},
          at,
        }),
      );
      await world.relay();
      return listing;
    },
    /** Moves a listing as the api does, and sends what it wakes. */
    async move(listingId: string, command: MovingCommand) {
      const { tenantId } = await readListing(listingId);
      const at = await clock.now(tenantId);
      const step = `${command}/${randomUUID()}`;
      const suspension = { reviewer: 'moderator', reason: 'Reported' };
      const moved = await change(async (session) =>
        moveListing({
          ...about,
          session,
          listing: (await models.listings.findById(listingId).session(session).lean())!,
          command,
          data: {},
          suspension,
          step,
          at,
        }),
      );
      await world.relay();
      return moved;
    },
    until: (reviewId: string, state: string) =>
      waitFor(async () => (await readReview(reviewId)).state === state, { what: `${reviewId} to be ${state}` }),
    untilChecked: (reviewId: string) =>
      waitFor(async () => (await readReview(reviewId)).state !== 'checking', { what: `${reviewId} to be checked` }),
    advance: (reviewId: string, byMs: number) =>
      advanceWorkflow({ client, workflowId: listingApprovalId(reviewId), byMs, timeoutMs: PATIENT_STALL_MS }),
    /** Sends a command as the api does. The api stores `payload` under the command's id. */
    async command(
      reviewId: string,
      command: ReviewCommand,
      payload: Record<string, unknown> = {},
      commandId: string = randomUUID(),
    ) {
      const { tenantId } = await readReview(reviewId);
      await models.commandPayloads.create({
        _id: commandId,
        tenantId,
        entityId: reviewId,
        payload,
        createdAt: new Date(),
      });
      return untilAnswered(() => send({ tenantId, reviewId, command, commandId, by: tester }));
    },
    handle: (reviewId: string) => client.workflow.getHandle(listingApprovalId(reviewId)),
  };
}

export type ReviewWorld = Awaited<ReturnType<typeof openReviewWorld>>;
