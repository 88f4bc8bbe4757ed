import type { ClientSession } from 'mongoose';
import type { Database } from '../../models/database';
import type { Call } from '../pipeline/request-context';
import { withCurrentUsers } from '../users/current-users';
import { rejectUnlessMatching } from './etag';

export interface RequirePreconditionsInput {
  database: Database;
  call: Call;
  /** Where the change is made in a transaction, so that nothing comes between. */
  session?: ClientSession;
}

/**
 * Judges `If-Match` and `If-None-Match` of a request that changes something, against the resource whose id stands in
 * its path. An id that is not known passes: its handler answers 404. Reads nothing where neither header is there.
 *
 * @throws DomainError VERSION_MISMATCH
 */
export async function requirePreconditions({ database, call, session }: RequirePreconditionsInput): Promise<void> {
  if (call.headers['if-match'] === undefined && call.headers['if-none-match'] === undefined) return;
  const version = await versionOfTarget({ database, call, session });
  if (version !== undefined) rejectUnlessMatching({ call, version });
}

/** Null where the path names nothing that has a tag; undefined where it names what is not there. */
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
