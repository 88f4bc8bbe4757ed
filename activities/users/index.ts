import type { ActivityDependencies } from '../dependencies';
import { createNotificationActivities } from './notifications';
import { createOnboardingActivities } from './onboarding';
import { createOnboardingMailActivities } from './onboarding-mails';
import { createWelcomePackageActivities } from './welcome-package';

/** Creates the activities of users and their onboarding, by their wire names. */
export const createUsersActivities = (dependencies: ActivityDependencies) => ({
  ...createNotificationActivities(dependencies),
  ...createOnboardingActivities(dependencies),
  ...createOnboardingMailActivities(dependencies),
  ...createWelcomePackageActivities(dependencies),
});
