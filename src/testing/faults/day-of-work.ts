import { defineSignal, proxyActivities, setHandler, sleep } from '@temporalio/workflow';

const { work } = proxyActivities<{ work(): Promise<void> }>({ startToCloseTimeout: '1 minute' });

/** Requests work immediately. */
export const workNow = defineSignal('workNow');

/** A workflow for tests of the clock: it waits for a day, runs an activity, and then waits for a month twice. */
export async function dayOfWork(): Promise<void> {
  setHandler(workNow, () => work());
  await sleep('1 day');
  await work();
  await sleep('30 days');
  await sleep('30 days');
}
