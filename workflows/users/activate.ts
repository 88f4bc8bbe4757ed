import { CancellationScope, CancelledFailure } from '@temporalio/workflow';
import { finishOnboarding, sendWelcomePackage } from './activities';
import type { OnboardingRun } from './onboarding-run';

/**
 * Grants the welcome package, and ends with the activation of the user. Until the user is active a cancel undoes
 * everything; afterwards nothing is undone.
 */
export async function activate(run: OnboardingRun): Promise<void> {
  await sendWelcomePackage(run.step('welcome-package'));
  // An activity that completes while it is being cancelled does not throw, so the cancel is checked here.
  if (CancellationScope.current().consideredCancelled)
    throw new CancelledFailure('Cancelled before the user was activated');
  run.pastNoReturn = true;
  await CancellationScope.nonCancellable(async () => {
    await finishOnboarding({ ...run.step('finish'), to: 'completed' });
    run.moved('completed');
  });
}
