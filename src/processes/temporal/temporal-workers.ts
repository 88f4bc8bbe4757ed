import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import type { Activities } from '../../../activities';
import { translateDomainError } from '../../../activities/translate-domain-error';
import type { Config } from '../../../config/env';
import type { Logger } from '../../telemetry/logger';
import { findWorkflows } from './find-workflows';

export interface StartTemporalWorkersInput {
  connection: NativeConnection;
  config: Config;
  taskQueues: readonly string[];
  activities: Activities;
  logger: Logger;
  /** Called when a worker ended by itself: the process is then useless. */
  onFatal: (error: unknown) => void;
}

export interface TemporalWorkers {
  /** Rejects when a worker does not run. */
  check(): Promise<void>;
  /**
   * Takes no more tasks, lets running activities finish, then cancels them; rejects when activities had to be
   * abandoned.
   */
  close(): Promise<void>;
}

/** The worker's limit ends before that of the process, so that the worker itself reports abandoned activities. */
const BEFORE_FORCE_MS = 1000;

/** Starts one worker for each task queue, so that each has its own slots. */
export async function startTemporalWorkers({
  connection,
  config,
  taskQueues,
  activities,
  logger,
  onFatal,
}: StartTemporalWorkersInput): Promise<TemporalWorkers> {
  const { worker: limits, shutdown, temporal } = config;
  const workflows = findWorkflows(limits.workflowBundle);
  logger.info({ taskQueues, ...workflows }, 'Starting Temporal workers');
  const options: Omit<WorkerOptions, 'taskQueue'> = {
    connection,
    namespace: temporal.namespace,
    ...workflows,
    activities,
    interceptors: { activity: [translateDomainError] },
    maxConcurrentWorkflowTaskExecutions: limits.maxConcurrentWorkflowTasks,
    maxConcurrentActivityTaskExecutions: limits.maxConcurrentActivities,
    maxCachedWorkflows: limits.maxCachedWorkflows,
    shutdownGraceTime: shutdown.graceMs,
    shutdownForceTime: shutdown.forceMs - BEFORE_FORCE_MS,
  };
  const workers = await Promise.all(taskQueues.map((taskQueue) => Worker.create({ ...options, taskQueue })));

  let closing = false;
  const runs = workers.map((worker) => worker.run());
  for (const run of runs) {
    run.then(
      () => closing || onFatal(new Error('A Temporal worker stopped by itself')),
      (error: unknown) => closing || onFatal(error),
    );
  }
  return {
    async check() {
      const idle = workers.filter((worker) => worker.getState() !== 'RUNNING');
      if (idle.length > 0)
        throw new Error(
          idle.map((worker) => `${worker.options.taskQueue} is ${worker.getState().toLowerCase()}`).join(', '),
        );
    },
    async close() {
      closing = true;
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      const failed = (await Promise.allSettled(runs)).filter(({ status }) => status === 'rejected');
      if (failed.length > 0) throw (failed[0] as PromiseRejectedResult).reason;
    },
  };
}
