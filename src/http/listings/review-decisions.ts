import { requireReviewer, revisionChanged } from '../../domain/listings/review';
import { isRefusal } from '../problems';
import type { Database } from '../../models/database';
import type { ListingReview } from '../../models/listings/listing-review';
import type { Clock } from '../../services/clock';
import type { SendReviewCommand } from '../../temporal/commands/listings/review-commands';
import { actorOf } from '../actor-of';
import type { Handlers } from '../handler';
import type { Reply } from '../pipeline/request-context';
import type { Idempotency } from '../replies/idempotency';
import { keepPayload } from '../replies/keep-payload';
import type { ListingCall } from './find-listing';
import { findOpenReview } from './review-claims';

export interface ReviewDecisionHandlersInput {
  database: Database;
  idempotency: Idempotency;
  sendReviewCommand: SendReviewCommand;
  clock: Clock;
  basePath: string;
}

type DecisionOperations = 'approveListing' | 'rejectListing';
type DecisionCall = ListingCall & { body: { reviewer: string; revision: number } };

/** Sends each decision to the run of the review, and responds once the run has recorded it. */
export function reviewDecisionHandlers(input: ReviewDecisionHandlersInput): Handlers<DecisionOperations> {
  const { database, idempotency, sendReviewCommand, clock, basePath } = input;
  const { commandPayloads } = database.models;

  /** Returns the open review of the revision that the decision names. */
  const findDecided = async (call: DecisionCall): Promise<ListingReview> => {
    const review = await findOpenReview({ database, call });
    if (review.revision !== call.body.revision) throw revisionChanged();
    return review;
  };
  const requireMayDecide = async ({ tenantId, body: { reviewer } }: DecisionCall, review: ListingReview) =>
    requireReviewer({ review, reviewer, at: await clock.now(tenantId) });

  /**
   * Returns the review that the command was sent to, or the one that it decides on. Only a command that was never sent
   * needs the listing, which may be deleted before the command is repeated.
   */
  const reviewOf = async (call: DecisionCall, commandId: string): Promise<string> => {
    const { tenantId } = call;
    const sent = await commandPayloads.findOne({ _id: commandId, tenantId }, { entityId: 1 }).lean();
    if (sent) return sent.entityId;
    const review = await findDecided(call);
    // A review whose checks still run lets the command wait for its turn.
    if (review.state !== 'checking') await requireMayDecide(call, review);
    return review._id;
  };

  /** Returns the problem behind a refusal in full: the run's own names no person, because it is history. */
  const explain = async (call: DecisionCall, error: unknown): Promise<unknown> => {
    if (!isRefusal(error)) return error;
    try {
      await requireMayDecide(call, await findDecided(call));
      return error;
    } catch (explained) {
      return explained;
    }
  };

  const decide = async (call: DecisionCall): Promise<Reply> => {
    const { tenantId, caller, operation, body } = call;
    return idempotency.commandOnce({
      call,
      async send(commandId) {
        const reviewId = await reviewOf(call, commandId);
        const { revision: _revision, ...payload } = body;
        await keepPayload({ database, tenantId, entityId: reviewId, commandId, payload });
        const { state, at } = await sendReviewCommand({
          tenantId,
          reviewId,
          command: operation.id as DecisionOperations,
          commandId,
          by: actorOf(caller, 'review'),
        }).catch(async (error: unknown) => {
          throw await explain(call, error);
        });
        const headers = { 'Content-Location': `${basePath}/listing-reviews/${reviewId}` };
        return { status: 200, headers, body: { id: reviewId, state, at } };
      },
    });
  };

  return { approveListing: decide, rejectListing: decide };
}
