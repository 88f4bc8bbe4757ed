import { sleep } from '@temporalio/workflow';

const LOOK_AGAIN_AFTER_MS = 5_000;

/**
 * Starts a child once no earlier one of its id runs any more. Children outlive a parent that ends from outside, so the first thing that
 * a run which an operator started anew would meet is the child of the run before: it ends by itself, as it never waits on business time.
 */
export async function startOnceFree<Child>(start: () => Promise<Child>): Promise<Child> {
  for (;;) {
    try {
      return await start();
    } catch (error) {
      if ((error as Error).name !== 'WorkflowExecutionAlreadyStartedError') throw error;
      await sleep(LOOK_AGAIN_AFTER_MS);
    }
  }
}
