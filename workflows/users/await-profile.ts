import { onboardingTimes } from '../../src/domain/users/onboarding';
import { sendEmail } from './activities';
import type { OnboardingRun, QueuedOnboardingCommand } from './onboarding-run';
import { remindersOf } from './reminders';

const { profileRemindersAfterMs, profileGivesUpAfterMs, approvalGivesUpAfterMs } = onboardingTimes;

/** Waits for the profile, reminds once, and continues without a profile at the deadline. */
export async function awaitProfile(run: OnboardingRun): Promise<void> {
  const deadlineMs = run.sinceMs + profileGivesUpAfterMs;
  run.untilMs = deadlineMs;
  const reminders = remindersOf(run, { name: 'profile-reminder', afterMs: profileRemindersAfterMs });
  for (;;) {
    const command = await run.inbox.next(reminders[0]?.atMs ?? deadlineMs);
    if (command || Date.now() >= deadlineMs) return leaveProfile(run, command);
    const { step } = reminders.shift()!;
    await sendEmail({ ...run.step(step), template: 'profileReminder', event: 'onboarding.profile_reminded' });
  }
}

async function leaveProfile(run: OnboardingRun, command: QueuedOnboardingCommand | undefined): Promise<void> {
  const move = {
    from: 'awaiting_profile',
    event: command ? 'onboarding.profile_submitted' : 'onboarding.profile_skipped',
    by: command ?? 'profile-skipped',
  } as const;
  if (run.requiresApproval)
    await run.move({ ...move, to: 'awaiting_approval', untilMs: Date.now() + approvalGivesUpAfterMs });
  else await run.move({ ...move, to: 'activating' });
}
