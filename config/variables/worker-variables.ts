import { between, milliseconds, MINUTE_MS, type Variable } from './variable';
import { text } from './variable-types';

/** The memory of a process, the concurrency of a worker, and the time limits of a stopping process. */
export const workerVariables = {
  MAX_HEAP_MB: {
    group: 'Memory',
    default: null,
    ...between(64, 65_536),
    unit: 'MB',
    meaning:
      "Limit of V8's heap, and a worker's second one for workflows; default: PM2 a 16th of the machine's memory, " +
      "from 192 to 384; compose.yaml 384; the image by itself 35 % of its container's memory",
  },
  WORKFLOW_BUNDLE: {
    group: 'Worker',
    default: null,
    type: text,
    allowed: 'a file made by the build',
    meaning:
      'Prebuilt workflows; default: workflow-bundle.js beside the program, else workflows/ is bundled at every start',
  },
  APP_CACHE_DIR: {
    group: 'Worker',
    default: null,
    type: text,
    allowed: 'a folder on a file system that lets files run, with 50 MB for each version',
    meaning:
      'Where the single executable puts its native parts; default: partner-platform-<user id> in the folder for ' +
      'temporary files',
  },
  MAX_CONCURRENT_WORKFLOW_TASKS: {
    group: 'Worker',
    default: '40',
    ...between(2, 1000),
    meaning: 'Workflow tasks at a time, for each task queue',
  },
  MAX_CONCURRENT_ACTIVITIES: {
    group: 'Worker',
    default: '100',
    ...between(1, 1000),
    meaning: 'Activities at a time, for each task queue; one tenant has half of them at most',
  },
  MAX_CACHED_WORKFLOWS: {
    group: 'Worker',
    default: '500',
    ...between(0, 100_000),
    meaning: 'Workflows kept in memory between their tasks, for each task queue',
  },
  MAX_CONCURRENT_JOBS: {
    group: 'Worker',
    default: '10',
    ...between(1, 1000),
    meaning: 'Jobs at a time, for each BullMQ queue',
  },

  DRAIN_MS: {
    group: 'Shutdown',
    default: '1500',
    ...milliseconds(MINUTE_MS),
    meaning: 'Time for which a stopping API still responds and has its clients reconnect, before it closes',
  },
  SHUTDOWN_GRACE_MS: {
    group: 'Shutdown',
    default: '10000',
    ...milliseconds(10 * MINUTE_MS),
    meaning: 'Time that running activities, jobs and requests have to finish',
  },
  SHUTDOWN_FORCE_MS: {
    group: 'Shutdown',
    default: '20000',
    ...milliseconds(15 * MINUTE_MS),
    meaning: 'After this the process exits with code 1; at least 2000 more than SHUTDOWN_GRACE_MS and DRAIN_MS',
  },
  RELOAD_READY_MS: {
    group: 'Shutdown',
    default: '30000',
    ...between(1000, 15 * MINUTE_MS),
    unit: 'ms',
    meaning:
      'Time within which an instance that replaces another (--cluster, SIGHUP) has to be ready; else the other stays',
  },
} as const satisfies Record<string, Variable>;
