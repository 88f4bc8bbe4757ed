import type { SendEmailInput } from '../../src/contracts/users/onboarding-activities';
import { onboardingTimes } from '../../src/domain/users/onboarding';
import { sendEmail } from './activities';
import type { OnboardingRun, QueuedOnboardingCommand } from './onboarding-run';
import { remindersOf } from './reminders';

const { linkLifetimeMs, verificationRemindersAfterMs, verificationGivesUpAfterMs, profileGivesUpAfterMs } =
  onboardingTimes;

/** Sends a link, reminds with new links, and waits until the person follows the newest link. */
export async function awaitVerification(run: OnboardingRun): Promise<'verified' | 'expired'> {
  const deadlineMs = run.sinceMs + verificationGivesUpAfterMs;
  run.untilMs = deadlineMs;
  if (run.generation === 0) {
    const step = run.step('verification/1');
    await sendLink(run, { ...step, template: 'verification', event: 'onboarding.verification_sent' });
  }
  const reminders = remindersOf(run, { name: 'verification-reminder', afterMs: verificationRemindersAfterMs });
  for (;;) {
    const command = await run.inbox.next(reminders[0]?.atMs ?? deadlineMs);
    if (command?.name === 'verifyEmail') {
      const untilMs = Date.now() + profileGivesUpAfterMs;
      const from = 'awaiting_verification';
      await run.move({ from, to: 'awaiting_profile', event: 'onboarding.verified', untilMs, by: command });
      return 'verified';
    }
    if (command) await resendLink(run, command);
    else if (Date.now() >= deadlineMs) return 'expired';
    else {
      const step = run.step(reminders.shift()!.step);
      await sendLink(run, { ...step, template: 'verificationReminder', event: 'onboarding.verification_reminded' });
    }
  }
}

/** Sends a link with the next generation. All earlier links are invalid once the new one is recorded. */
async function sendLink(run: OnboardingRun, mail: Omit<SendEmailInput, 'link'>): Promise<{ at: string }> {
  const linkExpiresAtMs = Date.now() + linkLifetimeMs;
  // Set before the activity records the link: the person may follow the link immediately.
  run.generation += 1;
  run.linkExpiresAtMs = linkExpiresAtMs;
  return sendEmail({
    ...mail,
    link: { generation: run.generation, expiresAt: new Date(linkExpiresAtMs).toISOString() },
  });
}

async function resendLink(run: OnboardingRun, command: QueuedOnboardingCommand): Promise<void> {
  const step = run.commandStep(command.input);
  const { at } = await sendLink(run, { ...step, template: 'verification', event: 'onboarding.verification_resent' });
  run.resentAtMs.push(Date.parse(at));
  command.outcome = { state: run.state, at };
}
