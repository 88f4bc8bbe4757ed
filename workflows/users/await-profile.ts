import { onboardingTimes } from '../../src/domain/users/onboarding';
import { advanceOnboarding, sendEmail } from './activities';
import type { OnboardingRun, QueuedOnboardingCommand } from './run';

const { profileRemindersAfterMs, profileGivesUpAfterMs, approvalGivesUpAfterMs } = onboardingTimes;

/** Waits for the profile, reminds once, and goes on without it at the deadline. */
export async function awaitProfile(run: OnboardingRun): Promise<void> {
  const givesUpAtMs = run.sinceMs + profileGivesUpAfterMs;
  run.untilMs = givesUpAtMs;
  const reminders = profileRemindersAfterMs
    .map((afterMs, index) => ({ step: `profile-reminder/${index + 1}`, atMs: run.sinceMs + afterMs }))
    .filter(({ atMs }) => atMs > Date.now());
  for (;;) {
    const command = await run.inbox.next(reminders[0]?.atMs ?? givesUpAtMs);
    if (command || Date.now() >= givesUpAtMs) {
      const { state, at } = await leaveProfile(run, command?.input);
      if (command) command.outcome = { state, at };
      return;
    }
    const { step } = reminders.shift()!;
    await sendEmail({ ...run.step(step), template: 'profileReminder', event: 'onboarding.profile_reminded' });
  }
}

async function leaveProfile(run: OnboardingRun, command: QueuedOnboardingCommand['input'] | undefined) {
  const to = run.requiresApproval ? 'awaiting_approval' : 'activating';
  const untilMs = run.requiresApproval ? Date.now() + approvalGivesUpAfterMs : null;
  const { at } = await run.inbox.transit(() =>
    advanceOnboarding({
      ...run.step(command ? `command/${command.commandId}` : 'profile-skipped'),
      from: ['awaiting_profile'],
      to,
      event: { type: command ? 'onboarding.profile_submitted' : 'onboarding.profile_skipped' },
      until: untilMs === null ? null : new Date(untilMs).toISOString(),
      ...(command ? { command: { id: command.commandId, by: command.by } } : {}),
    }),
  );
  run.moved(to, untilMs);
  return { state: to, at } as const;
}
