import { onboardingTimes } from '../../src/domain/users/onboarding';
import type { SendEmailInput } from '../../src/contracts/users/onboarding-activities';
import { advanceOnboarding, sendEmail } from './activities';
import type { OnboardingRun, QueuedOnboardingCommand } from './run';

const { linkLifetimeMs, verificationRemindersAfterMs, verificationGivesUpAfterMs, profileGivesUpAfterMs } =
  onboardingTimes;

/** Sends the link, reminds with fresh ones, and waits for the newest to be followed. */
export async function awaitVerification(run: OnboardingRun): Promise<'verified' | 'expired'> {
  const givesUpAtMs = run.sinceMs + verificationGivesUpAfterMs;
  run.untilMs = givesUpAtMs;
  if (run.generation === 0)
    await sendLink(run, { step: 'verification/1', template: 'verification', event: 'onboarding.verification_sent' });

  const reminders = verificationRemindersAfterMs
    .map((afterMs, index) => ({ step: `verification-reminder/${index + 1}`, atMs: run.sinceMs + afterMs }))
    .filter(({ atMs }) => atMs > Date.now());
  for (;;) {
    const command = await run.inbox.next(reminders[0]?.atMs ?? givesUpAtMs);
    if (command?.name === 'verifyEmail') {
      await recordVerified(run, command);
      return 'verified';
    }
    if (command) await resendLink(run, command);
    else if (Date.now() >= givesUpAtMs) return 'expired';
    else {
      const { step } = reminders.shift()!;
      await sendLink(run, { step, template: 'verificationReminder', event: 'onboarding.verification_reminded' });
    }
  }
}

/** Every link has a generation of its own, and the moment it is recorded the ones before it are dead. */
async function sendLink(
  run: OnboardingRun,
  { step, ...mail }: Pick<SendEmailInput, 'step' | 'template' | 'event' | 'command'>,
): Promise<{ at: string }> {
  const linkExpiresAtMs = Date.now() + linkLifetimeMs;
  const link = { generation: run.generation + 1, expiresAt: new Date(linkExpiresAtMs).toISOString() };
  // Known here before it is recorded: the link may be followed the moment it is.
  run.generation = link.generation;
  run.linkExpiresAtMs = linkExpiresAtMs;
  return sendEmail({ ...run.step(step), ...mail, link });
}

async function resendLink(run: OnboardingRun, command: QueuedOnboardingCommand): Promise<void> {
  const { commandId, by } = command.input;
  const { at } = await sendLink(run, {
    step: `command/${commandId}`,
    template: 'verification',
    event: 'onboarding.verification_resent',
    command: { id: commandId, by },
  });
  run.resentAtMs.push(Date.parse(at));
  command.outcome = { state: run.state, at };
}

async function recordVerified(run: OnboardingRun, command: QueuedOnboardingCommand): Promise<void> {
  const { commandId, by } = command.input;
  const untilMs = Date.now() + profileGivesUpAfterMs;
  const { at } = await run.inbox.transit(() =>
    advanceOnboarding({
      ...run.step(`command/${commandId}`),
      from: ['awaiting_verification'],
      to: 'awaiting_profile',
      event: { type: 'onboarding.verified' },
      until: new Date(untilMs).toISOString(),
      command: { id: commandId, by },
    }),
  );
  run.moved('awaiting_profile', untilMs);
  command.outcome = { state: 'awaiting_profile', at };
}
