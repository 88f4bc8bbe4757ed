import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities';
import { onboardingActivityOptions } from '../../config/temporal';

export const {
  beginOnboarding,
  advanceOnboarding,
  undoOnboarding,
  finishOnboarding,
  sendEmail,
  updateOnboardingEmail,
  sendNotification,
  processNotification,
  sendWelcomePackage,
  revokeWelcomePackage,
  updateUserStatus,
  releaseEmail,
} = proxyActivities<Activities>(onboardingActivityOptions);
