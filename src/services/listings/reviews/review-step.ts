import type { ClientSession } from 'mongoose';
import type { Actor } from '../../../domain/actor';
import type { Database } from '../../../models/database';
import type { ListingReview } from '../../../models/listings/listing-review';
import { findEntity } from '../../find-entity';

/** A change of a review: a step of its process, or a write by the api. */
export interface ReviewStep {
  tenantId: string;
  reviewId: string;
  /** First run id of the calling workflow chain; left out when the api acts. */
  chain?: string;
  /** The step's name with its occurrence, unique per review. */
  step: string;
  /** Business time, ISO 8601. */
  at: string;
  by: Actor;
}

export interface ReviewChangeInput {
  database: Database;
  session: ClientSession;
  change: ReviewStep;
}

/** Returns the part of `applyStep`'s input that every change of a review has in common. */
export const stepOfReview = ({ reviewId, ...step }: ReviewStep) =>
  ({ ...step, entityType: 'listing_review', entityId: reviewId }) as const;

/** @throws DomainError `NOT_FOUND` */
export const findReview = ({
  database,
  session,
  change: { tenantId, reviewId },
}: Pick<ReviewChangeInput, 'database'> & {
  session?: ClientSession;
  change: Pick<ReviewStep, 'tenantId' | 'reviewId'>;
}): Promise<ListingReview> =>
  findEntity({ database, session, tenantId, entityType: 'listing_review', entityId: reviewId });
