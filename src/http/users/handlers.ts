import { onboardingCommandHandlers, type OnboardingCommandHandlersInput } from './onboarding-commands';
import { onboardingEventHandlers } from './onboarding-events';
import { onboardingHandlers, type OnboardingHandlersInput } from './onboardings';
import { userHandlers, type UserHandlersInput } from './users';
import { verifyPageHandlers, type VerifyPageHandlersInput } from './verify-page';

interface UsersHandlersInput
  extends OnboardingCommandHandlersInput, OnboardingHandlersInput, UserHandlersInput, VerifyPageHandlersInput {}

/** Returns the handlers of users and their onboarding. */
export const usersHandlers = (input: UsersHandlersInput) => ({
  ...userHandlers(input),
  ...onboardingHandlers(input),
  ...onboardingCommandHandlers(input),
  ...onboardingEventHandlers(input),
  ...verifyPageHandlers(input),
});
