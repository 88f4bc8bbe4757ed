import type { NewLink, SendEmailInput } from '../../src/contracts/users/onboarding-activities';
import { refusals } from '../../src/contracts/users/onboarding';
import { onboardingTimes } from '../../src/domain/users/onboarding';
import { refusal } from '../command-inbox';
import { brokenRuleOf } from '../process-run';
import { sendEmail, updateOnboardingEmail } from './activities';
import type { OnboardingRun, QueuedOnboardingCommand } from './onboarding-run';
import { remindersOf } from './reminders';

const { linkLifetimeMs, verificationRemindersAfterMs, verificationGivesUpAfterMs, profileGivesUpAfterMs } =
  onboardingTimes;

/**
 * Reminds with new links, and waits until the person follows the newest link; the first was sent when the onboarding
 * began. A correction of the address sends a link to the new address; deadline and reminders then count from the
 * correction.
 */
export async function awaitVerification(run: OnboardingRun): Promise<'verified' | 'expired'> {
  for (;;) {
    const outcome = await awaitAnswer(run);
    if (outcome !== 'corrected') return outcome;
  }
}

async function awaitAnswer(run: OnboardingRun): Promise<'verified' | 'expired' | 'corrected'> {
  const deadlineMs = run.sinceMs + verificationGivesUpAfterMs;
  run.untilMs = deadlineMs;
  const name = `verification-reminder/${run.correctedAtMs.length}`;
  const reminders = remindersOf(run, { name, afterMs: verificationRemindersAfterMs });
  for (;;) {
    const command = await run.inbox.next(reminders[0]?.atMs ?? deadlineMs);
    if (command?.name === 'verifyEmail') {
      const untilMs = Date.now() + profileGivesUpAfterMs;
      const from = 'awaiting_verification';
      await run.move({ from, to: 'awaiting_profile', event: 'onboarding.verified', untilMs, by: command });
      return 'verified';
    }
    if (command?.name === 'updateOnboardingEmail') {
      if (await correctAddress(run, command)) return 'corrected';
    } else if (command) await resendLink(run, command);
    else if (Date.now() >= deadlineMs) return 'expired';
    else {
      const step = run.step(reminders.shift()!.step);
      await sendLink(run, { ...step, template: 'verificationReminder', event: 'onboarding.verification_reminded' });
    }
  }
}

const nextLink = ({ generation }: OnboardingRun): NewLink => ({
  generation: generation + 1,
  expiresAt: new Date(Date.now() + linkLifetimeMs).toISOString(),
});

/** Sends a link with the next generation. All earlier links are invalid once the new one is recorded. */
async function sendLink(run: OnboardingRun, mail: Omit<SendEmailInput, 'link'>): Promise<{ at: string }> {
  const link = nextLink(run);
  // Set before the activity records the link: the person may follow the link immediately.
  run.useLink(link);
  return sendEmail({ ...mail, link });
}

async function resendLink(run: OnboardingRun, command: QueuedOnboardingCommand): Promise<void> {
  const step = run.commandStep(command.input);
  const { at } = await sendLink(run, { ...step, template: 'verification', event: 'onboarding.verification_resent' });
  run.resentAtMs.push(Date.parse(at));
  command.outcome = { state: run.state, at };
}

/** Returns false where the address belongs to another user: the command is refused and nothing changes. */
async function correctAddress(run: OnboardingRun, command: QueuedOnboardingCommand): Promise<boolean> {
  const link = nextLink(run);
  const until = new Date(Date.now() + verificationGivesUpAfterMs).toISOString();
  const step = run.commandStep(command.input);
  try {
    const { at } = await run.inbox.transit(() => updateOnboardingEmail({ ...step, link, until }));
    run.useLink(link);
    run.moved(run.state);
    run.resentAtMs = [];
    run.correctedAtMs.push(Date.parse(at));
    command.outcome = { state: run.state, at };
    return true;
  } catch (error) {
    const brokenRule = brokenRuleOf(error);
    if (brokenRule?.code !== refusals.emailTaken) throw error;
    command.refusal = refusal(brokenRule.code, brokenRule.detail);
    return false;
  }
}
