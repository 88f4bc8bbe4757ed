import { onboardingTimes } from '../../src/domain/users/onboarding';
import type { SendNotificationInput } from '../../src/contracts/users/onboarding-activities';
import { advanceOnboarding, processNotification, sendNotification } from './activities';
import type { OnboardingRun, QueuedOnboardingCommand } from './run';

const { approvalEscalatesAfterMs, approvalGivesUpAfterMs } = onboardingTimes;

/** Tells the reviewers, escalates to the operator when none decides in a day, and gives up after three. */
export async function awaitApproval(run: OnboardingRun): Promise<'approved' | 'expired' | QueuedOnboardingCommand> {
  const givesUpAtMs = run.sinceMs + approvalGivesUpAfterMs;
  run.untilMs = givesUpAtMs;
  await notify(run, 'approvalRequest');

  const escalatesAtMs = run.sinceMs + approvalEscalatesAfterMs;
  let command = await run.inbox.next(escalatesAtMs);
  if (!command) {
    await notify(run, 'approvalEscalation');
    command = await run.inbox.next(givesUpAtMs);
  }
  if (!command) return 'expired';
  // A rejection is recorded together with the undoing it begins.
  if (command.name === 'rejectOnboarding') return command;

  const { commandId, by } = command.input;
  const { at } = await run.inbox.transit(() =>
    advanceOnboarding({
      ...run.step(`command/${commandId}`),
      from: ['awaiting_approval'],
      to: 'activating',
      event: { type: 'onboarding.approved' },
      until: null,
      command: { id: commandId, by },
    }),
  );
  run.moved('activating');
  command.outcome = { state: 'activating', at };
  return 'approved';
}

async function notify(run: OnboardingRun, kind: SendNotificationInput['kind']): Promise<void> {
  const { notificationId } = await sendNotification({ ...run.step(`notify/${kind}`), kind });
  await processNotification({ ...run.step(`notify/${kind}/process`), notificationId });
}
