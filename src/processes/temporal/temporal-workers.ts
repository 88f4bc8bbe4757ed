import type { NativeConnection, WorkerOptions } from '@temporalio/worker';
import type { Activities } from '../../../activities';
import { shareSlots } from '../../../activities/share-slots';
import { translateErrors } from '../../../activities/translate-errors';
import type { Config } from '../../../config/env';
import type { Logger } from '../../telemetry/logger';
import type { Metrics } from '../../telemetry/metrics';
import { findWorkflows } from './find-workflows';
import { workerWithSharedThread } from './worker-with-shared-thread';

export interface StartTemporalWorkersInput {
  connection: NativeConnection;
  config: Config;
  taskQueues: readonly string[];
  activities: Activities;
  logger: Logger;
  metrics: Metrics;
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
/** An activity learns of its cancellation by a heartbeat, so this is how long a cancel may take. */
const HEARTBEAT_MS = 2000;
/**
 * A workflow that a worker has in its cache waits this long for that worker before any other gets its next task: so
 * long it stands still when its worker has stopped. The SDK's default is 10 s.
 */
const CACHED_BY_MS = 5000;

/** Starts one worker for each task queue, so that each has its own slots; all run their workflows in one thread. */
export async function startTemporalWorkers({
  connection,
  config,
  taskQueues,
  activities,
  logger,
  metrics,
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
    maxConcurrentWorkflowTaskExecutions: limits.maxConcurrentWorkflowTasks,
    maxConcurrentActivityTaskExecutions: limits.maxConcurrentActivities,
    maxCachedWorkflows: limits.maxCachedWorkflows,
    stickyQueueScheduleToStartTimeout: CACHED_BY_MS,
    maxHeartbeatThrottleInterval: HEARTBEAT_MS,
    shutdownGraceTime: shutdown.graceMs,
    shutdownForceTime: shutdown.forceMs - BEFORE_FORCE_MS,
  };
  const SharingWorker = workerWithSharedThread();
  const workers = await Promise.all(
    taskQueues.map((taskQueue) => {
      const onPutOff = () => metrics.activityPutOff({ taskQueue });
      const sharing = shareSlots({ slots: limits.maxConcurrentActivities, onPutOff });
      return SharingWorker.create({ ...options, taskQueue, interceptors: { activity: [sharing, translateErrors] } });
    }),
  ).catch(async (error: unknown) => {
    await SharingWorker.endThreads();
    throw error;
  });

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
