import { requireNamed, requireReviewer, revisionChanged } from '../../domain/listings/review';
import type { Database } from '../../models/database';
import type { ListingReview } from '../../models/listings/listing-review';
import type { Clock } from '../../services/clock';
import type { SendReviewCommand } from '../../temporal/commands/listings/review-commands';
import { actorOf } from '../actor-of';
import type { Caller } from '../pipeline/request-context';
import { isRefusal } from '../problems';
import { keepPayload } from '../replies/keep-payload';
import { findCalledListing } from './find-listing';
import { findOpenReview } from './review-claims';

export interface DecideReviewInput {
  database: Database;
  sendReviewCommand: SendReviewCommand;
  clock: Clock;
}

/** A decision about the revision of a listing that is under review. */
export interface Decision {
  tenantId: string;
  caller: Caller;
  listingId: string;
  command: 'approveListing' | 'rejectListing';
  /** The reviewer, and for a rejection the reason and the remarks. */
  body: { reviewer: string; revision: number };
  /** The same in every attempt. */
  commandId: string;
}

export interface Decided {
  reviewId: string;
  state: string;
  at: string;
}

/**
 * Sends a decision to the run of the review. Resolves once the run has recorded it; a repeat with the command's id gets
 * the first outcome.
 * @throws DomainError `NOT_FOUND`, `REVIEW_NOT_OPEN`, `REVISION_CHANGED`, `REVIEWER_IS_AUTHOR`, `REVIEW_CLAIMED`, and
 *   as `SendReviewCommand`
 */
export async function decideReview(input: DecideReviewInput, decision: Decision): Promise<Decided> {
  const { database, sendReviewCommand } = input;
  const { tenantId, caller, command, commandId, body } = decision;
  const reviewId = await reviewOf(input, decision);
  const { revision: _revision, ...payload } = body;
  await keepPayload({ database, tenantId, entityId: reviewId, commandId, payload });
  const by = actorOf(caller, 'review');
  const sent = sendReviewCommand({ tenantId, reviewId, command, commandId, by });
  const { state, at } = await sent.catch(async (error: unknown) => {
    throw await explain(input, decision, error);
  });
  return { reviewId, state, at };
}

/**
 * Returns the review that the command was sent to, or the one that it decides on. Only a command that was never sent
 * needs the listing, which may be deleted before the command is repeated.
 */
async function reviewOf(input: DecideReviewInput, decision: Decision): Promise<string> {
  const { tenantId, commandId } = decision;
  const { commandPayloads } = input.database.models;
  const sent = await commandPayloads.findOne({ _id: commandId, tenantId }, { entityId: 1 }).lean();
  if (sent) return sent.entityId;
  const review = await findDecided(input, decision);
  // A review whose checks still run lets the command wait for its turn.
  if (review.state !== 'checking') await requireMayDecide(input, decision, review);
  return review._id;
}

/**
 * Returns the open review of the revision that the decision names. Revisions of a live listing with nothing new but
 * prices or metadata leave the review as it is, so each of them names the same text.
 */
async function findDecided({ database }: DecideReviewInput, decision: Decision): Promise<ListingReview> {
  const { tenantId, listingId, body } = decision;
  const call = { tenantId, params: { listingId } };
  const review = await findOpenReview({ database, call });
  if (review.revision === body.revision) return review;
  const { reviewId, revision } = await findCalledListing({ database, call });
  if (reviewId !== review._id || body.revision < review.revision || body.revision > revision) throw revisionChanged();
  return review;
}

async function requireMayDecide({ clock }: DecideReviewInput, decision: Decision, review: ListingReview) {
  const { tenantId, body } = decision;
  requireReviewer({ review, reviewer: requireNamed(body.reviewer), at: await clock.now(tenantId) });
}

/** Returns the problem behind a refusal in full: the run's own names no person, because it is history. */
async function explain(input: DecideReviewInput, decision: Decision, error: unknown): Promise<unknown> {
  if (!isRefusal(error)) return error;
  try {
    await requireMayDecide(input, decision, await findDecided(input, decision));
    return error;
  } catch (explained) {
    return explained;
  }
}
