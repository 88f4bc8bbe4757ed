import { condition } from '@temporalio/workflow';

/** The least that a workflow can be: it waits until it is terminated. */
export async function empty(): Promise<void> {
  await condition(() => false);
}
