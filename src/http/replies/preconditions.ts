import type { ClientSession } from 'mongoose';
import type { Database } from '../../models/database';
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

/** Returns null for a path without a tagged resource, undefined for a resource that does not exist. */
async function versionOfTarget({
  database,
  call: { params, tenantId },
  session,
}: RequirePreconditionsInput): Promise<number | null | undefined> {
  const { users, onboardings, payments, subscriptions, partners } = database.models;
  const ids = params as Partial<
    Record<'userId' | 'onboardingId' | 'paymentId' | 'subscriptionId' | 'partnerId', string>
  >;
  const read = { session: session ?? null };
  if (ids.userId !== undefined)
    return (await users.findOne({ _id: ids.userId, tenantId }, { version: 1 }, read).lean())?.version;
  if (ids.paymentId !== undefined)
    return (await payments.findOne({ _id: ids.paymentId, tenantId }, { version: 1 }, read).lean())?.version;
  if (ids.subscriptionId !== undefined)
    return (await subscriptions.findOne({ _id: ids.subscriptionId, tenantId }, { version: 1 }, read).lean())?.version;
  if (ids.partnerId !== undefined)
    return (await partners.findOne({ _id: ids.partnerId }, { version: 1 }, read).lean())?.version;
  if (ids.onboardingId === undefined) return null;
  const onboarding = await onboardings
    .findOne({ _id: ids.onboardingId, tenantId }, { tenantId: 1, userId: 1, version: 1 }, read)
    .lean();
  if (!onboarding) return undefined;
  const [shown] = await withCurrentUsers({ models: database.models, tenantId, onboardings: [onboarding], session });
  return shown?.version;
}
