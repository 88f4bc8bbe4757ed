import { defineSignal, proxyActivities, setHandler, sleep } from '@temporalio/workflow';

const { work } = proxyActivities<{ work(): Promise<void> }>({ startToCloseTimeout: '1 minute' });

/** Has it work at once, too. */
export const workNow = defineSignal('workNow');

/** A workflow for tests of the clock: after a day it works for a while, and then waits for a month, and for another. */
export async function dayOfWork(): Promise<void> {
  setHandler(workNow, () => work());
  await sleep('1 day');
  await work();
  await sleep('30 days');
  await sleep('30 days');
}
