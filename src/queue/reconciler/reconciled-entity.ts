import type { WorkflowStart } from '../../contracts/outbox';
import { USER_ONBOARDING, userOnboardingId } from '../../contracts/users/onboarding';
import { taskQueues } from '../../contracts/task-queues';
import { endedOnboardingStates } from '../../domain/users/onboarding';
import type { Models } from '../../models/define-models';
import { entityModel } from '../../models/entity-model';
import type { EntityType } from '../../models/event';
import type { Onboarding } from '../../models/users/onboarding';
import type { Entity } from '../../models/schema-options';
import { reconciledPayment, reconciledRefund } from './reconciled-payments';
import { reconciledSubscription } from './reconciled-subscriptions';

/** A kind of entity of which each open one has a running workflow of its own. */
export interface ReconciledEntity {
  entityType: EntityType;
  workflowType: string;
  workflowIdOf(entityId: string): string;
  /** Null for an id that is not of this form. */
  entityIdOf(workflowId: string): string | null;
  endedStates: readonly string[];
  /** Which of the ended ones still have something to finish, as a filter: they count as open. */
  unfinished?: Record<string, unknown>;
  /** Which of the open ones have to have a running workflow at any time, as a filter. */
  expectsProcess: Record<string, unknown>;
  /** The state until a process owns it. */
  firstState: string;
  /** The start that the accepting transaction asked for. */
  startOf(entity: Entity): WorkflowStart;
}

/** The filter of the entities that are open. */
export const openFilterOf = ({ endedStates, unfinished }: ReconciledEntity): Record<string, unknown> => {
  const notEnded = { state: { $nin: [...endedStates] } };
  return unfinished ? { $or: [notEnded, unfinished] } : notEnded;
};

/** Reads what all kinds of entities have in common. */
export function modelOf(models: Models, { entityType }: ReconciledEntity) {
  return entityModel(models, entityType);
}

const prefix = userOnboardingId('');

export const reconciledOnboarding: ReconciledEntity = {
  entityType: 'onboarding',
  workflowType: USER_ONBOARDING,
  workflowIdOf: userOnboardingId,
  entityIdOf: (workflowId) => (workflowId.startsWith(prefix) ? workflowId.slice(prefix.length) : null),
  endedStates: endedOnboardingStates,
  expectsProcess: {},
  firstState: 'accepted',
  startOf(entity) {
    const { _id: onboardingId, tenantId, requiresApproval, correlationId } = entity as Onboarding;
    return {
      workflowType: USER_ONBOARDING,
      workflowId: userOnboardingId(onboardingId),
      taskQueue: taskQueues.users,
      input: { tenantId, onboardingId, requiresApproval, correlationId },
    };
  },
};

/** Every kind the reconciler compares. */
export const reconciledEntities: readonly ReconciledEntity[] = [
  reconciledOnboarding,
  reconciledPayment,
  reconciledRefund,
  reconciledSubscription,
];
