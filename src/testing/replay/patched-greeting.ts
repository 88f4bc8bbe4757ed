import { patched, proxyActivities } from '@temporalio/workflow';

const { sendLetter, sendMail } = proxyActivities<Record<'sendLetter' | 'sendMail', () => Promise<void>>>({
  startToCloseTimeout: '10 seconds',
});

/* Three versions of one workflow; the tests replay a history under each name. */

/** The first version. */
export async function greeting(): Promise<void> {
  await sendLetter();
}

/** A correct change: a run that began before the change still sends its letter. */
export async function patchedGreeting(): Promise<void> {
  if (patched('greet-by-mail')) await sendMail();
  else await sendLetter();
}

/** A wrong change, without a patch. */
export async function unpatchedGreeting(): Promise<void> {
  await sendMail();
}
