import { patched, proxyActivities } from '@temporalio/workflow';

const { sendLetter, sendMail } = proxyActivities<Record<'sendLetter' | 'sendMail', () => Promise<void>>>({
  startToCloseTimeout: '10 seconds',
});

/* One workflow at three times: each is replayed under the name of the first. */

/** As it began. */
export async function greeting(): Promise<void> {
  await sendLetter();
}

/** Changed as a running workflow must be changed: a run that began before keeps to its letter. */
export async function patchedGreeting(): Promise<void> {
  if (patched('greet-by-mail')) await sendMail();
  else await sendLetter();
}

/** Changed as it must not be. */
export async function unpatchedGreeting(): Promise<void> {
  await sendMail();
}
