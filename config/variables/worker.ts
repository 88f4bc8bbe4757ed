import { text } from '../variable-types';
import { between, type Variable } from './variable';

export const workerVariables = {
  WORKFLOW_BUNDLE: {
    group: 'Worker',
    default: null,
    type: text,
    allowed: 'a file made by the build',
    meaning:
      'Prebuilt workflows; default: workflow-bundle.js beside the program, ' +
      'or else workflows/ is bundled at every start',
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
    meaning: 'Activities at a time, for each task queue',
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
} as const satisfies Record<string, Variable>;
