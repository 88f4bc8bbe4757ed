import { endedOnboardingStates, onboardingStates } from '../../domain/users/onboarding';
import { defineProcess, type ProcessEntity } from '../process';
import { taskQueues } from '../task-queues';
import { USER_ONBOARDING, userOnboardingId, type UserOnboardingInput } from './onboarding';

interface OnboardingEntity extends ProcessEntity {
  requiresApproval: boolean;
}

export const onboardingProcess = defineProcess({
  entityType: 'onboarding',
  workflowType: USER_ONBOARDING,
  taskQueue: taskQueues.users,
  workflowId: ({ _id }) => userOnboardingId(_id),
  input: ({ _id: onboardingId, tenantId, requiresApproval, correlationId }: OnboardingEntity): UserOnboardingInput => ({
    tenantId,
    onboardingId,
    requiresApproval,
    correlationId,
  }),
  states: onboardingStates,
  endedStates: endedOnboardingStates,
  firstState: 'accepted',
});
