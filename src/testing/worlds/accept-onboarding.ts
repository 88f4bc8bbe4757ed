import { USER_ONBOARDING, userOnboardingId } from '../../contracts/users/onboarding';
import { taskQueues } from '../../contracts/task-queues';
import { newId } from '../../domain/ids';
import type { Database } from '../../models/database';
import type { Onboarding } from '../../models/users/onboarding';
import { newOutboxRow } from '../../services/new-outbox-row';

/** The documents of an accepted onboarding, as the api's transaction leaves them. */
export async function acceptOnboarding({
  database,
  tenantId,
  requiresApproval,
  at: now = new Date(),
}: {
  database: Database;
  tenantId: string;
  requiresApproval: boolean;
  at?: Date;
}) {
  const [onboardingId, userId] = [newId('onboarding'), newId('user')];
  const email = `${onboardingId}@example.com`;
  const common = {
    tenantId,
    version: 1,
    chain: null,
    correlationId: 'test',
    createdAt: now,
    updatedAt: now,
    email,
    emailKey: email,
    name: 'Ada',
    locale: 'en',
    timeZone: 'UTC',
    metadata: {},
  };
  const onboarding: Onboarding = {
    ...common,
    _id: onboardingId,
    state: 'accepted',
    since: now,
    until: null,
    userId,
    requiresApproval,
    verification: { generation: 0, expiresAt: null, resentAt: [], verifiedAt: null },
    undoing: null,
  };
  const row = newOutboxRow({
    tenantId,
    entityType: 'onboarding',
    entityId: onboardingId,
    correlationId: 'test',
    pending: ['temporal'],
    start: {
      workflowType: USER_ONBOARDING,
      workflowId: userOnboardingId(onboardingId),
      taskQueue: taskQueues.users,
      input: { tenantId, onboardingId, requiresApproval, correlationId: 'test' },
    },
  });
  await database.inTransaction(async (session) => {
    await database.models.users.insertMany(
      [{ ...common, _id: userId, state: 'pending', onboardingId, holdsEmail: true, profile: null }],
      { session },
    );
    await database.models.onboardings.insertMany([onboarding], { session });
    await database.models.outbox.insertMany([row], { session });
  });
  return { onboarding, row };
}
