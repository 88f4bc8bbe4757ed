import { Worker, type Logger } from '@temporalio/worker';
import type { CompiledWorkerOptions } from '@temporalio/worker/lib/worker-options';
import type { WorkflowCreator } from '@temporalio/worker/lib/workflow/interface';
import type { Init } from '@temporalio/worker/lib/workflow/workflow-worker-thread/input';

type Bundle = Init['workflowBundle'];

/**
 * Returns a class of workers that run their workflows in the same threads: each thread is a V8 of its own with the SDK
 * and all workflow code in it. Made for workers of the same options, apart from their task queues; the threads end with
 * the last of the workers.
 */
export function workerWithSharedThread(): typeof Worker & { endThreads: () => Promise<void> } {
  let bundle: Promise<Bundle | undefined> | null = null;
  let threads: Promise<WorkflowCreator> | null = null;
  let users = 0;
  return class WorkerWithSharedThread extends Worker {
    /** Ends the threads of workers that were never run, because one of them could not be created. */
    static async endThreads(): Promise<void> {
      await (await threads)?.destroy();
      threads = null;
    }

    protected static override getOrCreateBundle(
      options: CompiledWorkerOptions,
      logger: Logger,
    ): Promise<Bundle | undefined> {
      bundle ??= super.getOrCreateBundle(options, logger);
      return bundle;
    }

    protected static override async createWorkflowCreator(
      workflowBundle: Bundle,
      options: CompiledWorkerOptions,
      logger: Logger,
    ): Promise<WorkflowCreator> {
      threads ??= super.createWorkflowCreator(workflowBundle, options, logger);
      const shared = await threads;
      users += 1;
      return {
        createWorkflow: (workflow) => shared.createWorkflow(workflow),
        async destroy() {
          users -= 1;
          if (users === 0) await shared.destroy();
        },
      };
    }
  };
}
