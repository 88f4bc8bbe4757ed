import { endedOnboardingStates, onboardingStates } from '../../domain/users/onboarding';
import { defineProcess, type ProcessEntity } from '../process';
import { taskQueues } from '../task-queues';
import * as contract from './onboarding';

interface OnboardingEntity extends ProcessEntity {
  requiresApproval: boolean;
}

export const onboardingProcess = defineProcess({
  about:
    'Takes a person from an e-mail address to an active user.\n\n' +
    '`beginOnboarding` also sends the first link, and `finishOnboarding` of a completed onboarding also activates ' +
    'the user and sends the welcome mail. `sendEmail` sends what comes between, and `updateUserStatus` cancels the ' +
    'user of an onboarding that is undone.',
  contract,
  entityType: 'onboarding',
  workflowType: contract.USER_ONBOARDING,
  taskQueue: taskQueues.users,
  workflowId: ({ _id }) => contract.userOnboardingId(_id),
  input: ({
    _id: onboardingId,
    tenantId,
    requiresApproval,
    correlationId,
  }: OnboardingEntity): contract.UserOnboardingInput => ({
    tenantId,
    onboardingId,
    requiresApproval,
    correlationId,
  }),
  states: onboardingStates,
  endedStates: endedOnboardingStates,
  firstState: 'accepted',
});
