import type { ClientSession } from 'mongoose';
import { USER_ONBOARDING, userOnboardingId } from '../contracts/onboarding';
import { taskQueues } from '../contracts/task-queues';
import type { Actor } from '../domain/actor';
import { DomainError } from '../domain/domain-error';
import { openOnboardingStates } from '../domain/onboarding';
import { userTransitions } from '../domain/user';
import { applyStep } from '../models/apply-step';
import type { Database } from '../models/database';
import type { StuckItem } from '../models/stuck-item';
import type { RunningWorkflows } from './running-workflows';

export interface ResolveStuckInput {
  item: StuckItem;
  by: Actor;
  session: ClientSession;
}

/** What an operator can do about a stuck item. Both run inside the request's transaction and may run more than once. */
export function createStuckOperations({ database, workflows }: { database: Database; workflows: RunningWorkflows }) {
  const { models } = database;

  const resolve = async ({ item, session }: ResolveStuckInput, state: 'restarted' | 'closed'): Promise<StuckItem> => {
    const resolved = await models.stuckItems
      .findOneAndUpdate({ _id: item._id, open: true }, { $set: { state, updatedAt: new Date() }, $unset: { open: 1 } }, { session, returnDocument: 'after' })
      .lean();
    if (!resolved) throw new DomainError('ILLEGAL_STATE', 'The item is no longer open');
    return resolved;
  };

  const findOnboarding = async ({ item, session }: ResolveStuckInput) => {
    const onboarding = await models.onboardings.findOne({ _id: item.entityId, tenantId: item.tenantId }).session(session).lean();
    if (!onboarding) throw new DomainError('NOT_FOUND', 'The entity of this item no longer exists');
    return onboarding;
  };

  return {
    /** An outbox row is due at once; a process is started anew, picks up in the state its entity is in, and owns it from then on. */
    async restart(input: ResolveStuckInput): Promise<StuckItem> {
      const { item, by, session } = input;
      if (item.kind === 'workflow_orphaned') {
        throw new DomainError('ILLEGAL_STATE', 'The entity of this process has ended, so there is nothing to restart; close the item to end the process');
      }
      if (item.kind === 'outbox_failing') {
        await models.outbox.updateOne({ _id: item.subject, open: true }, { $set: { dueAt: new Date(), failures: 0, lastError: null, lease: null } }, { session });
        return resolve(input, 'restarted');
      }
      const { _id: onboardingId, tenantId, requiresApproval, correlationId } = await findOnboarding(input);
      await applyStep(
        database,
        {
          tenantId, entityType: 'onboarding', entityId: onboardingId, step: `restart/${item._id}`, from: openOnboardingStates, at: new Date().toISOString(), by,
          set: { chain: null },
          event: { type: 'onboarding.restarted' },
          starts: [{
            workflowType: USER_ONBOARDING, workflowId: userOnboardingId(onboardingId), taskQueue: taskQueues.users, restart: true,
            input: { tenantId, onboardingId, requiresApproval, correlationId },
          }],
        },
        session,
      );
      return resolve(input, 'restarted');
    },

    /** An outbox row is given up; a process is ended, and what it had done is undone: entitlement, user, address. */
    async close(input: ResolveStuckInput & { reason: string | null }): Promise<StuckItem> {
      const { item, by, session, reason } = input;
      if (item.kind === 'outbox_failing') {
        await models.outbox.updateOne({ _id: item.subject, open: true }, { $set: { doneAt: new Date(), pending: [], lease: null }, $unset: { open: 1 } }, { session });
        return resolve(input, 'closed');
      }
      await workflows.terminate({ workflowId: item.subject, reason: 'Closed by an operator' });
      if (item.kind === 'workflow_orphaned') return resolve(input, 'closed');

      const { _id: onboardingId, tenantId, userId } = await findOnboarding(input);
      const now = new Date();
      await applyStep(
        database,
        {
          tenantId, entityType: 'onboarding', entityId: onboardingId, step: `close/${item._id}`, from: openOnboardingStates, to: 'cancelled', at: now.toISOString(), by,
          set: { since: now, until: null, undoing: { towards: 'cancelled', reason } },
          event: { type: 'onboarding.closed', data: { reason } },
          alongside: async (inSession) => {
            await models.entitlements.updateOne({ tenantId, onboardingId, state: 'active' }, { $set: { state: 'revoked', updatedAt: now }, $inc: { version: 1 } }, { session: inSession });
            await models.users.updateOne(
              { _id: userId, tenantId, state: { $in: [...userTransitions.cancelled] } },
              { $set: { state: 'cancelled', updatedAt: now }, $unset: { holdsEmail: 1 }, $inc: { version: 1 } },
              { session: inSession },
            );
          },
        },
        session,
      );
      return resolve(input, 'closed');
    },
  };
}
