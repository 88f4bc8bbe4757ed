import type { ClientSession } from 'mongoose';
import { entityTypes, type EntityType } from '../../contracts/entity-types';
import type { Database } from '../../models/database';
import { categoryIdOf, categoryVersionOf } from '../../models/listings/listing-category';
import { entityModel } from '../../models/entity-model';
import { scheduleVersionOf } from '../../models/reports/report-schedule';
import type { Call } from '../pipeline/request-context';
import { withCurrentUsers } from '../users/current-users';
import { rejectUnlessMatching } from './etag';

export interface RequirePreconditionsInput {
  database: Database;
  call: Call;
  /** The transaction of the change, if there is one, so that no other change comes between. */
  session?: ClientSession;
}

/**
 * Checks `If-Match` and `If-None-Match` of a request that changes something against the resource whose id is in the
 * path. An unknown id passes, because its handler responds 404. Reads nothing without these headers.
 *
 * @throws DomainError VERSION_MISMATCH
 */
export async function requirePreconditions({ database, call, session }: RequirePreconditionsInput): Promise<void> {
  if (call.headers['if-match'] === undefined && call.headers['if-none-match'] === undefined) return;
  const version = await versionOfTarget({ database, call, session });
  if (version !== undefined) rejectUnlessMatching({ call, version });
}

/** The parameter of a path that has the id of an entity. */
const parameterOf = (type: EntityType): string => (type === 'listing_review' ? 'reviewId' : `${type}Id`);

/** Returns null for a path without a tagged resource, undefined for a resource that does not exist. */
async function versionOfTarget({
  database: { models },
  call: { params, tenantId },
  session,
}: RequirePreconditionsInput): Promise<number | string | null | undefined> {
  const read = { session: session ?? null };
  const { partnerId, onboardingId, slug, ...ids } = params as Record<string, string | undefined>;
  if (partnerId !== undefined) return (await models.partners.findById(partnerId, { version: 1 }, read).lean())?.version;
  if (onboardingId !== undefined) {
    const onboarding = await models.onboardings
      .findOne({ _id: onboardingId, tenantId }, { tenantId: 1, userId: 1, version: 1 }, read)
      .lean();
    if (!onboarding) return undefined;
    const [shown] = await withCurrentUsers({ models, tenantId, onboardings: [onboarding], session });
    return shown?.version;
  }
  if (slug !== undefined) {
    const category = await models.listingCategories
      .findOne({ _id: categoryIdOf({ tenantId, slug }), tenantId }, { creation: 1, version: 1 }, read)
      .lean();
    return category ? categoryVersionOf(category) : undefined;
  }
  const { scheduleId } = ids;
  if (scheduleId !== undefined) {
    const key = { _id: scheduleId, tenantId };
    const schedule = await models.reportSchedules.findOne(key, { firings: 1, version: 1 }, read).lean();
    return schedule ? scheduleVersionOf(schedule) : undefined;
  }
  const entityType = entityTypes.find((type) => ids[parameterOf(type)] !== undefined);
  if (entityType === undefined) return null;
  const key = { _id: ids[parameterOf(entityType)], tenantId };
  return (await entityModel(models, entityType).findOne(key, { version: 1 }, read).lean())?.version;
}
