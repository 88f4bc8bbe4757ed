import { proxyActivities, sleep } from '@temporalio/workflow';

const { work } = proxyActivities<{ work(): Promise<void> }>({ startToCloseTimeout: '10s' });

/** A workflow for tests of the clock: after a day it works for a moment, and then waits for a month, and for another. */
export async function dayOfWork(): Promise<void> {
  await sleep('1 day');
  await work();
  await sleep('30 days');
  await sleep('30 days');
}
