import type { SendNotificationInput } from '../../src/contracts/users/onboarding-activities';
import { onboardingTimes } from '../../src/domain/users/onboarding';
import { processNotification, sendNotification } from './activities';
import type { OnboardingRun, QueuedOnboardingCommand } from './onboarding-run';

const { approvalEscalatesAfterMs, approvalGivesUpAfterMs } = onboardingTimes;

/**
 * Notifies the reviewers, escalates to the operator after a day without a decision, and expires after three. Returns
 * the command of a rejection, which is recorded together with the start of the undoing.
 */
export async function awaitApproval(run: OnboardingRun): Promise<'approved' | 'expired' | QueuedOnboardingCommand> {
  const deadlineMs = run.sinceMs + approvalGivesUpAfterMs;
  run.untilMs = deadlineMs;
  await notify(run, 'approvalRequest');

  let command = await run.inbox.next(run.sinceMs + approvalEscalatesAfterMs);
  if (!command) {
    await notify(run, 'approvalEscalation');
    command = await run.inbox.next(deadlineMs);
  }
  if (!command) return 'expired';
  if (command.name === 'rejectOnboarding') return command;

  await run.move({ from: 'awaiting_approval', to: 'activating', event: 'onboarding.approved', by: command });
  return 'approved';
}

async function notify(run: OnboardingRun, kind: SendNotificationInput['kind']): Promise<void> {
  const { notificationId } = await sendNotification({ ...run.step(`notify/${kind}`), kind });
  await processNotification({ ...run.step(`notify/${kind}/process`), notificationId });
}
